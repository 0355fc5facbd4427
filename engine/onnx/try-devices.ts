import type { DevicesResult, TriedDevice } from '../../protocol/engine.ts';
import { deviceMemory } from './device-memory.ts';
import { BY_PLATFORM, chooseRuntime, HOW_TO_GET, NAMES, type ProviderTools, TOOLS } from './providers.ts';
import { type Provider, RUNTIME_VERSION } from './session.ts';

/**
 * Tries every device that this platform can have, and says what `device: auto` uses.
 *
 * @param gpuMemory what the user has set, in bytes
 */
export async function tryDevices(
  gpuMemory: number | null = null,
  tools: ProviderTools = TOOLS,
): Promise<Omit<Extract<DevicesResult, { readonly ok: true }>, 'ok'>> {
  const devices: TriedDevice[] = [{ name: NAMES.cpu, works: true, detail: '' }];
  for (const provider of BY_PLATFORM[tools.platform] ?? []) devices.push(await tryDevice(provider, tools));
  const { device, provider } = await chooseRuntime('auto', tools);
  const memory = await deviceMemory(provider, gpuMemory);
  return { runtime: RUNTIME_VERSION, devices, chosen: device, memory };
}

async function tryDevice(provider: Provider, { backends, probe, hasNvidiaGpu }: ProviderTools): Promise<TriedDevice> {
  const name = NAMES[provider];
  const offered = backends().find((backend) => backend.name === provider);
  const fails = (detail: string): TriedDevice => ({ name, works: false, detail });
  if (!offered) return fails('ONNX Runtime for this system does not include it');
  if (provider === 'cuda' && !hasNvidiaGpu()) return fails('no NVIDIA GPU was found');
  const result = await probe(provider);
  if (result.ok) return { name, works: true, detail: result.slow?.reason ?? '' };
  return fails(result.foundGpu || offered.bundled ? result.reason : `${result.reason}. ${HOW_TO_GET[provider]}`);
}

import { existsSync } from 'node:fs';
import type { TravelPlan } from '../../plan/plan.ts';
import { RenderError } from '../failure.ts';
import { type Probe, probe } from './probe.ts';
import { cpu, type Provider, type Runtime, supportedBackends, threadsFor } from './session.ts';

export type Device = TravelPlan['device'];

/** Providers that a platform can have, fastest first. */
export const BY_PLATFORM: Partial<Record<NodeJS.Platform, readonly Provider[]>> = {
  win32: ['cuda', 'dml', 'webgpu'],
  darwin: ['webgpu', 'coreml'],
  linux: ['cuda', 'webgpu'],
};

export interface ProviderTools {
  readonly platform: NodeJS.Platform;
  readonly backends: () => readonly { readonly name: string; readonly bundled: boolean }[];
  readonly probe: (provider: Provider) => Promise<Probe>;
  /** Whether a driver for NVIDIA GPUs is loaded. */
  readonly hasNvidiaGpu: () => boolean;
}

/** Results by provider; a device does not change while the process runs. */
const probes = new Map<Provider, Promise<Probe>>();

function probeOnce(provider: Provider): Promise<Probe> {
  const found = probes.get(provider) ?? probe(provider);
  probes.set(provider, found);
  return found;
}

export const TOOLS: ProviderTools = {
  platform: process.platform,
  backends: supportedBackends,
  probe: probeOnce,
  hasNvidiaGpu: () => existsSync('/dev/nvidiactl'),
};

export interface ChosenRuntime extends Runtime {
  /** The provider's name for users: `CPU`, `CUDA`. */
  readonly device: string;
  /** The device, and what is against it or why not another one, for the log: `CPU (webgpu: No supported adapters)`. */
  readonly description: string;
  /** A provider of a GPU that exists, but that `auto` did not choose, as `device` names it; null: none. */
  readonly passedOver: Provider | null;
}

export const NAMES: Readonly<Record<Provider, string>> = {
  cpu: 'CPU',
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'Core ML',
  webgpu: 'WebGPU',
};

/** CUDA's libraries are too large for npm's registry, so ONNX Runtime's package does not contain them. */
export const HOW_TO_GET: Readonly<Record<Provider, string>> = {
  cpu: 'The CPU needs nothing.',
  cuda:
    'CUDA needs an NVIDIA GPU on Linux x64, CUDA 12, cuDNN 9, and libraries that are too large to be included: run ' +
    '`npm install onnxruntime-node@1.30.0` and ' +
    '`ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install` in an empty folder, and copy ' +
    'what is new in node_modules/onnxruntime-node/bin into the same folder of this installation.',
  dml: 'DirectML needs Windows and a DirectX 12 GPU.',
  coreml: 'Core ML needs macOS.',
  webgpu: 'WebGPU needs a GPU with a current driver.',
};

/**
 * The provider that runs the models. A provider is used only if the probe proves that its results are right. `auto`
 * tries those that need no additional library, passes over those that are slower than the CPU, and falls back to the
 * CPU.
 *
 * @param threads for what runs on the CPU
 * @throws RenderError when an explicit device cannot be used
 */
export async function chooseRuntime(
  device: Device,
  { platform, backends, probe, hasNvidiaGpu }: ProviderTools = TOOLS,
  threads = threadsFor(null),
): Promise<ChosenRuntime> {
  if (device === 'cpu') return chosen(cpu(threads), [], null);
  const offered = new Map(backends().map(({ name, bundled }) => [name, bundled]));
  const tryOut = async (provider: Provider): Promise<Probe> =>
    offered.has(provider)
      ? probe(provider)
      : { ok: false, reason: `ONNX Runtime for ${platform} does not include it`, foundGpu: false };
  if (device !== 'auto') {
    const result = await tryOut(device);
    if (!result.ok) throw unusable(device, result.reason);
    const { fusedAttention, slow } = result;
    return chosen({ provider: device, fusedAttention, threads }, slow ? [slow.reason] : [], null);
  }
  const reasons: string[] = [];
  let passedOver: Provider | null = null;
  if (offered.get('cuda') === false && hasNvidiaGpu()) {
    passedOver = 'cuda';
    reasons.push(`cuda: ${HOW_TO_GET.cuda}`);
  }
  for (const provider of (BY_PLATFORM[platform] ?? []).filter((name) => offered.get(name) === true)) {
    const result = await tryOut(provider);
    if (result.ok && !result.slow) {
      return chosen({ provider, fusedAttention: result.fusedAttention, threads }, reasons, passedOver);
    }
    const { reason, foundGpu } = result.ok ? result.slow! : result;
    if (foundGpu) passedOver ??= provider;
    reasons.push(`${provider}: ${reason}`);
  }
  return chosen(cpu(threads), reasons, passedOver);
}

function chosen(runtime: Runtime, reasons: readonly string[], passedOver: Provider | null): ChosenRuntime {
  const device = NAMES[runtime.provider];
  const description = reasons.length === 0 ? device : `${device} (${reasons.join('; ')})`;
  return { ...runtime, device, description, passedOver };
}

function unusable(device: Provider, reason: string): RenderError {
  return new RenderError(
    'unsupported',
    `The device "${device}" cannot be used: ${reason}. ${HOW_TO_GET[device]} ` +
      'Or write `device: auto` to render on the fastest device that works.',
  );
}

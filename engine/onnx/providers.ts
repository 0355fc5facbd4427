import type { TravelPlan } from '../../plan/plan.ts';
import { type Probe, probe } from './probe.ts';
import { cpu, type Provider, type Runtime, type SessionMode, supportedBackends } from './session.ts';

export type Device = TravelPlan['device'];

/** What a platform may offer, the fastest first. */
const BY_PLATFORM: Partial<Record<NodeJS.Platform, readonly Provider[]>> = {
  win32: ['cuda', 'dml', 'webgpu'],
  darwin: ['webgpu', 'coreml'],
  linux: ['cuda', 'webgpu'],
};

export interface ProviderTools {
  readonly platform: NodeJS.Platform;
  readonly backends: () => readonly { readonly name: string; readonly bundled: boolean }[];
  readonly probe: (provider: Provider) => Promise<Probe>;
}

/** A device does not change while the process runs. */
const probes = new Map<Provider, Promise<Probe>>();

function probeOnce(provider: Provider): Promise<Probe> {
  const found = probes.get(provider) ?? probe(provider);
  probes.set(provider, found);
  return found;
}

const TOOLS: ProviderTools = { platform: process.platform, backends: supportedBackends, probe: probeOnce };

export interface ChosenRuntime extends Runtime {
  /** What runs the graphs, and why not something faster: `cpu (webgpu: No supported adapters)`. */
  readonly description: string;
}

/** ONNX Runtime's package leaves out what is too large for npm's registry. */
const HOW_TO_GET: Partial<Record<Provider, string>> = {
  cuda:
    'its libraries come with `npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12` on Linux x64, ' +
    "and need NVIDIA's CUDA 12 and cuDNN 9",
};

/**
 * What to run graphs on: the first provider that proves itself, else the CPU, which always works. `auto` tries those that
 * need no further library; one that was asked for by name is tried in any case.
 */
export async function chooseRuntime(
  device: Device,
  mode: SessionMode,
  { platform, backends, probe }: ProviderTools = TOOLS,
): Promise<ChosenRuntime> {
  if (device === 'cpu') return { ...cpu(mode), description: 'cpu' };
  const offered = new Map(backends().map(({ name, bundled }) => [name, bundled]));
  const candidates =
    device === 'auto' ? (BY_PLATFORM[platform] ?? []).filter((name) => offered.get(name) === true) : [device];
  const reasons: string[] = [];
  for (const provider of candidates) {
    const result: Probe = offered.has(provider)
      ? await probe(provider)
      : { ok: false, reason: `not part of ONNX Runtime for ${platform}` };
    if (result.ok) {
      return { provider, mode, fusedAttention: result.fusedAttention, description: describe(provider, reasons) };
    }
    const advice = offered.get(provider) === false ? HOW_TO_GET[provider] : undefined;
    reasons.push(`${provider}: ${result.reason}${advice ? `; ${advice}` : ''}`);
  }
  return { ...cpu(mode), description: describe('cpu', reasons) };
}

const describe = (provider: Provider, reasons: readonly string[]) =>
  reasons.length === 0 ? provider : `${provider} (${reasons.join('; ')})`;

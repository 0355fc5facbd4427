import { describe, expect, it } from 'vitest';
import type { Probe } from '../../../engine/onnx/probe.ts';
import type { ProviderTools } from '../../../engine/onnx/providers.ts';
import { tryDevices } from '../../../engine/onnx/try-devices.ts';

const works: Probe = { ok: true, fusedAttention: true, slow: null };

function machine(platform: NodeJS.Platform, probes: Readonly<Record<string, Probe>>, changes: Partial<ProviderTools>) {
  const tools: ProviderTools = {
    platform,
    backends: () => Object.keys(probes).map((name) => ({ name, bundled: name !== 'cuda' })),
    probe: async (provider) => probes[provider]!,
    hasNvidiaGpu: () => true,
    ...changes,
  };
  return tryDevices(6e9, tools);
}

const lines = async (found: ReturnType<typeof machine>) => {
  const { devices, chosen } = await found;
  return [...devices.map(({ name, works: right, detail }) => `${name} ${right} ${detail}`), chosen];
};

describe('tryDevices', () => {
  it('tries each device of the platform, and says why one is not used and how to get it', async () => {
    const cuda: Probe = { ok: false, reason: 'no library', foundGpu: false };
    expect(await lines(machine('linux', { cuda, webgpu: works }, {}))).toEqual([
      'CPU true ',
      expect.stringMatching(/^CUDA false no library\. CUDA needs an NVIDIA GPU .*install/),
      'WebGPU true ',
      'WebGPU',
    ]);
  });

  it.each<[string, Probe, string]>([
    [
      'a slow one',
      { ...works, slow: { reason: 'it is 3.0 times slower', foundGpu: true } },
      'true it is 3.0 times slower',
    ],
    ['a wrong one', { ok: false, reason: 'its results are wrong', foundGpu: true }, 'false its results are wrong'],
    ['none', { ok: false, reason: 'no adapter', foundGpu: false }, 'false no adapter'],
  ])('uses the CPU instead of %s', async (_name, webgpu, text) => {
    expect(await lines(machine('linux', { webgpu }, {}))).toEqual([
      'CPU true ',
      'CUDA false ONNX Runtime for this system does not include it',
      `WebGPU ${text}`,
      'CPU',
    ]);
  });

  it('does not try CUDA without an NVIDIA GPU', async () => {
    const probe = () => Promise.reject(new Error('not to be tried'));
    const backends = () => [{ name: 'cuda', bundled: false }];
    expect(await lines(machine('linux', {}, { hasNvidiaGpu: () => false, probe, backends }))).toEqual([
      'CPU true ',
      'CUDA false no NVIDIA GPU was found',
      'WebGPU false ONNX Runtime for this system does not include it',
      'CPU',
    ]);
  });
});

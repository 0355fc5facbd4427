import { describe, expect, it } from 'vitest';
import { type Probe, probe } from '../../../engine/onnx/probe.ts';
import { chooseRuntime, type ProviderTools } from '../../../engine/onnx/providers.ts';
import type { Provider } from '../../../engine/onnx/session.ts';

const works: Probe = { ok: true, fusedAttention: true, slow: null };
const slow = (foundGpu: boolean): Probe => ({
  ...works,
  slow: { reason: 'it is 3.0 times slower than the CPU', foundGpu },
});
const fails = (reason: string, foundGpu = false): Probe => ({ ok: false, reason, foundGpu });

/** A machine whose ONNX Runtime has the given providers, and what the probe of each returns. */
function machine(
  platform: NodeJS.Platform,
  bundled: readonly Provider[],
  probes: Partial<Record<Provider, Probe>>,
  unbundled: readonly Provider[] = [],
  hasNvidiaGpu = false,
) {
  const asked: Provider[] = [];
  const tools: ProviderTools = {
    platform,
    backends: () => [
      { name: 'cpu', bundled: true },
      ...bundled.map((name) => ({ name, bundled: true })),
      ...unbundled.map((name) => ({ name, bundled: false })),
    ],
    probe: async (provider) => {
      asked.push(provider);
      return probes[provider] ?? fails('no device');
    },
    hasNvidiaGpu: () => hasNvidiaGpu,
  };
  return { asked, tools };
}

describe('chooseRuntime', () => {
  it('uses the CPU when asked for it, without a probe', async () => {
    const { asked, tools } = machine('linux', ['webgpu'], { webgpu: works });
    expect(await chooseRuntime('cpu', tools, 3)).toEqual({
      provider: 'cpu',
      threads: 3,
      fusedAttention: true,
      device: 'CPU',
      description: 'CPU',
      passedOver: null,
    });
    expect(asked).toEqual([]);
  });

  it('uses the first provider that passes its probe, in the platform’s order, and reports why not a faster one', async () => {
    const { asked, tools } = machine('win32', ['webgpu', 'dml'], { webgpu: works, dml: fails('no adapter') });
    const chosen = await chooseRuntime('auto', tools);
    expect(asked).toEqual(['dml', 'webgpu']);
    expect(chosen).toMatchObject({
      provider: 'webgpu',
      device: 'WebGPU',
      description: 'WebGPU (dml: no adapter)',
      passedOver: null,
    });
  });

  it('writes attention out if the provider’s own is wrong', async () => {
    const { tools } = machine('darwin', ['webgpu'], { webgpu: { ...works, fusedAttention: false } });
    expect(await chooseRuntime('auto', tools)).toMatchObject({ provider: 'webgpu', fusedAttention: false });
  });

  it('tries what needs additional libraries only when asked for it, and reports how to get them', async () => {
    const without = machine('linux', ['webgpu'], { cuda: fails('no library') }, ['cuda']);
    expect(await chooseRuntime('auto', without.tools)).toMatchObject({
      provider: 'cpu',
      description: 'CPU (webgpu: no device)',
      passedOver: null,
    });
    expect(without.asked).toEqual(['webgpu']);
    await expect(chooseRuntime('cuda', without.tools)).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(
        /^The device "cuda" cannot be used: no library\. .*`ONNXRUNTIME_NODE_INSTALL=cuda12 node .*`device: auto`/,
      ),
    });
    const { tools } = machine('linux', ['webgpu'], { cuda: works }, ['cuda']);
    expect(await chooseRuntime('cuda', tools)).toMatchObject({ provider: 'cuda', device: 'CUDA' });
  });

  it('fails when an explicit device is not available, although the CPU would work', async () => {
    const { asked, tools } = machine('linux', ['webgpu'], { webgpu: works });
    await expect(chooseRuntime('dml', tools)).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(/ONNX Runtime for linux does not include it\. DirectML needs Windows/),
    });
    expect(asked).toEqual([]);
  });

  it('fails when an explicit device does not pass its probe', async () => {
    const { tools } = machine('linux', ['webgpu'], { webgpu: fails('its results are wrong') });
    await expect(chooseRuntime('webgpu', tools)).rejects.toThrow(/"webgpu" cannot be used: its results are wrong/);
    expect(await chooseRuntime('auto', tools)).toMatchObject({ provider: 'cpu' });
  });

  it.each<Provider>(['webgpu', 'cuda', 'dml', 'coreml'])(
    'uses %s when asked for it, although it is slower than the CPU',
    async (device) => {
      const { tools } = machine('linux', [device], { [device]: slow(true) });
      const chosen = await chooseRuntime(device, tools);
      expect(chosen).toMatchObject({ provider: device, passedOver: null });
      expect(chosen.description).toMatch(/\(it is 3\.0 times slower than the CPU\)$/);
      expect(await chooseRuntime('auto', tools)).toMatchObject({ provider: 'cpu' });
    },
  );

  it.each<[string, Parameters<typeof machine>, Provider | null]>([
    ['no GPU', ['linux', ['webgpu'], { webgpu: fails('No supported adapters') }], null],
    ['a GPU with wrong results', ['linux', ['webgpu'], { webgpu: fails('its results are wrong', true) }], 'webgpu'],
    ['a GPU that is slower than the CPU', ['linux', ['webgpu'], { webgpu: slow(true) }], 'webgpu'],
    ['an emulated GPU', ['linux', ['webgpu'], { webgpu: slow(false) }], null],
    ['an NVIDIA GPU without libraries', ['linux', ['webgpu'], {}, ['cuda'], true], 'cuda'],
    ['no NVIDIA GPU', ['linux', ['webgpu'], {}, ['cuda'], false], null],
    ['an NVIDIA GPU that is used', ['linux', ['cuda'], { cuda: works }, [], true], null],
  ])('reports a GPU that exists and is not used: %s', async (_, parameters, passedOver) => {
    const { tools } = machine(...parameters);
    expect(await chooseRuntime('auto', tools)).toMatchObject({ passedOver });
  });

  it('uses the CPU on unknown platforms', async () => {
    const { tools } = machine('freebsd', ['webgpu'], { webgpu: works });
    expect(await chooseRuntime('auto', tools)).toMatchObject({ provider: 'cpu', description: 'CPU' });
  });

  it('finds something that works on this machine', async () => {
    const chosen = await chooseRuntime('auto');
    expect(chosen.description.startsWith(chosen.device)).toBe(true);
  });
});

describe('probe', () => {
  it('does not call right results wrong', async () => {
    const result = await probe('cpu');
    expect(result.ok || result.reason).not.toBe('its results are wrong');
  });

  it('explains why a missing provider cannot be used', async () => {
    const missing = process.platform === 'win32' ? 'coreml' : 'dml';
    expect(await probe(missing)).toEqual({
      ok: false,
      reason: expect.stringMatching(/backend not found/),
      foundGpu: false,
    });
  });
});

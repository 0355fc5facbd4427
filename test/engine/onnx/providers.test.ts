import { describe, expect, it } from 'vitest';
import { type Probe, probe } from '../../../engine/onnx/probe.ts';
import { chooseRuntime, type ProviderTools } from '../../../engine/onnx/providers.ts';
import type { Provider } from '../../../engine/onnx/session.ts';

const works: Probe = { ok: true, fusedAttention: true };
const fails = (reason: string): Probe => ({ ok: false, reason });

/** A machine whose ONNX Runtime has the given providers, and what proving each of them gives. */
function machine(
  platform: NodeJS.Platform,
  bundled: readonly Provider[],
  probes: Partial<Record<Provider, Probe>>,
  unbundled: readonly Provider[] = [],
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
  };
  return { asked, tools };
}

describe('chooseRuntime', () => {
  it('takes the CPU when it is asked for, and proves nothing', async () => {
    const { asked, tools } = machine('linux', ['webgpu'], { webgpu: works });
    expect(await chooseRuntime('cpu', 'fast', tools)).toEqual({
      provider: 'cpu',
      mode: 'fast',
      fusedAttention: true,
      description: 'cpu',
    });
    expect(asked).toEqual([]);
  });

  it('takes the first provider that proves itself, in the order of the platform, and says why not a faster one', async () => {
    const { asked, tools } = machine('win32', ['webgpu', 'dml'], { webgpu: works, dml: fails('no adapter') });
    const chosen = await chooseRuntime('auto', 'lean', tools);
    expect(asked).toEqual(['dml', 'webgpu']);
    expect(chosen).toMatchObject({ provider: 'webgpu', description: 'webgpu (dml: no adapter)' });
  });

  it('writes attention out where the provider’s own is wrong', async () => {
    const { tools } = machine('darwin', ['webgpu'], { webgpu: { ok: true, fusedAttention: false } });
    expect(await chooseRuntime('auto', 'lean', tools)).toMatchObject({ provider: 'webgpu', fusedAttention: false });
  });

  it('tries what needs further libraries only when asked for it, and says how to get them', async () => {
    const without = machine('linux', ['webgpu'], { cuda: fails('no library') }, ['cuda']);
    expect(await chooseRuntime('auto', 'lean', without.tools)).toMatchObject({
      provider: 'cpu',
      description: 'cpu (webgpu: no device)',
    });
    expect(without.asked).toEqual(['webgpu']);
    const { description } = await chooseRuntime('cuda', 'lean', without.tools);
    expect(description).toMatch(/^cpu \(cuda: no library; its libraries come with `npm rebuild/);
    const { tools } = machine('linux', ['webgpu'], { cuda: works }, ['cuda']);
    expect(await chooseRuntime('cuda', 'lean', tools)).toMatchObject({ provider: 'cuda', description: 'cuda' });
  });

  it('falls back to the CPU, with the reason, when the provider that was asked for is not there', async () => {
    const { asked, tools } = machine('linux', ['webgpu'], { webgpu: works });
    expect(await chooseRuntime('dml', 'lean', tools)).toMatchObject({
      provider: 'cpu',
      description: 'cpu (dml: not part of ONNX Runtime for linux)',
    });
    expect(asked).toEqual([]);
  });

  it('has the CPU on platforms that it knows nothing about', async () => {
    const { tools } = machine('freebsd', ['webgpu'], { webgpu: works });
    expect(await chooseRuntime('auto', 'lean', tools)).toMatchObject({ provider: 'cpu', description: 'cpu' });
  });

  it('finds something that works on this machine', async () => {
    const chosen = await chooseRuntime('auto', 'lean');
    expect(chosen.description.startsWith(chosen.provider)).toBe(true);
  });
});

describe('probe', () => {
  it('does not call right results wrong', async () => {
    const result = await probe('cpu');
    expect(result.ok || result.reason).not.toBe('its results are wrong');
  });

  it('says in words why a provider that is not there cannot be used', async () => {
    const missing = process.platform === 'win32' ? 'coreml' : 'dml';
    expect(await probe(missing)).toEqual({ ok: false, reason: expect.stringMatching(/backend not found/) });
  });
});

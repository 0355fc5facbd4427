import { describe, expect, it } from 'vitest';
import { deviceMemory, type MemoryTools } from '../../../engine/onnx/device-memory.ts';

const GIB = 2 ** 30;

/** A computer with 16 GiB, what its programs print, and what its files contain. */
const computer = (
  platform: NodeJS.Platform,
  outputs: Readonly<Record<string, string>> = {},
  files: readonly string[] = [],
): MemoryTools => ({
  platform,
  output: async (program) => outputs[program] ?? null,
  filesIn: async () => files,
  total: 16 * GIB,
});

const REGISTRY = `
HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}\\0000
    HardwareInformation.qwMemorySize    REG_QWORD    0x8000000

HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}\\0001
    HardwareInformation.qwMemorySize    REG_QWORD    0x200000000

End of search: 2 match(es) found.
`;

describe('deviceMemory', () => {
  it.each([
    ['the computer’s on the CPU', 'cpu', computer('linux', { 'nvidia-smi': '8192\n' }), 16],
    ['that of NVIDIA’s first GPU with CUDA', 'cuda', computer('linux', { 'nvidia-smi': '8192\n24576\n' }), 8],
    ['that of NVIDIA’s largest GPU with WebGPU', 'webgpu', computer('linux', { 'nvidia-smi': '8192\n24576\n' }), 24],
    ['that of AMD’s driver', 'webgpu', computer('linux', {}, [`${4 * GIB}\n`, `${12 * GIB}\n`]), 12],
    ['that in the registry', 'dml', computer('win32', { reg: REGISTRY }), 8],
    ['three quarters of Apple’s', 'webgpu', computer('darwin'), 12],
  ] as const)('is %s', async (_, provider, tools, gibibytes) => {
    expect((await deviceMemory(provider, null, tools))?.bytes).toBe(gibibytes * GIB);
  });

  it('is what the user has set, for a GPU', async () => {
    const tools = computer('linux', { 'nvidia-smi': '8192\n' });
    expect(await deviceMemory('cuda', 6e9, tools)).toEqual({ bytes: 6e9, source: 'as set' });
    expect((await deviceMemory('cpu', 6e9, tools))?.bytes).toBe(16 * GIB);
  });

  it('is unknown if nothing reports it', async () => {
    expect(await deviceMemory('webgpu', null, computer('linux'))).toBeNull();
    expect(await deviceMemory('dml', null, computer('win32', { reg: 'ERROR' }))).toBeNull();
    expect(await deviceMemory('cuda', null, computer('linux', { 'nvidia-smi': '[N/A]\n' }))).toBeNull();
  });

  it('asks this computer without failing', async () => {
    expect((await deviceMemory('cpu', null))?.bytes).toBeGreaterThan(GIB);
    const gpu = await deviceMemory('webgpu', null);
    expect(gpu === null || gpu.bytes > 0).toBe(true);
  });
});

import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { promisify } from 'node:util';
import { largest } from '../../plan/extremes.ts';
import { usableMemory } from '../../plan/memory.ts';
import type { Provider } from './session.ts';

/** The memory of the device that renders. ONNX Runtime does not report it. */
export interface DeviceMemory {
  /** Bytes. */
  readonly bytes: number;
  /** Where the number comes from, for people. */
  readonly source: string;
}

export interface MemoryTools {
  readonly platform: NodeJS.Platform;
  /** What a program prints; null if there is no such program, or it fails. */
  readonly output: (program: string, args: readonly string[]) => Promise<string | null>;
  /** The contents of the files with a name in the folders of a folder; those that cannot be read are left out. */
  readonly filesIn: (folder: string, name: string) => Promise<readonly string[]>;
  /** Bytes of the computer. */
  readonly total: number;
}

/** What programs printed: the memory of a GPU does not change, and a sheet asks for it for each of its clips. */
const printed = new Map<string, Promise<string | null>>();

const TOOLS: MemoryTools = {
  platform: process.platform,
  output(program, args) {
    const name = JSON.stringify([program, ...args]);
    const known = printed.get(name);
    if (known !== undefined) return known;
    const output = promisify(execFile)(program, [...args], { timeout: 5000, windowsHide: true }).then(
      ({ stdout }) => stdout,
      () => null,
    );
    printed.set(name, output);
    return output;
  },
  async filesIn(folder, name) {
    const folders = await readdir(folder).catch(() => []);
    const contents = folders.map((each) => readFile(`${folder}/${each}/${name}`, 'utf8').catch(() => null));
    return (await Promise.all(contents)).filter((content) => content !== null);
  },
  total: usableMemory(totalmem(), process.constrainedMemory()),
};

/**
 * Apple's GPUs use the memory of the computer: about three quarters of it, Metal's `recommendedMaxWorkingSetSize` on
 * Macs with much memory.
 */
const APPLE_SHARE = 0.75;

/** The class of display adapters in Windows' registry, where drivers write the size of their memory. */
const DISPLAY_CLASS = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}';

/**
 * The memory that a render may use. If a computer has several GPUs, it is that of the largest, except that CUDA uses the
 * first one.
 *
 * @param set what the user has set for the GPU, in bytes
 * @returns null if it is unknown, so that every render is assumed to fit
 */
export async function deviceMemory(
  provider: Provider,
  set: number | null,
  tools: MemoryTools = TOOLS,
): Promise<DeviceMemory | null> {
  const { platform, total } = tools;
  if (provider === 'cpu') return { bytes: total, source: 'memory of the computer' };
  if (set !== null) return { bytes: set, source: 'as set' };
  if (platform === 'darwin') {
    return { bytes: total * APPLE_SHARE, source: 'three quarters of the memory of the computer' };
  }
  const nvidia =
    (await tools.output('nvidia-smi', ['--query-gpu=memory.total', '--format=csv,noheader,nounits'])) ?? '';
  const ofNvidia = numbersIn(nvidia).map((mebibytes) => mebibytes * 2 ** 20);
  if (provider === 'cuda') return found(ofNvidia.slice(0, 1), 'nvidia-smi');
  const nvidiaMemory = found(ofNvidia, 'nvidia-smi');
  if (nvidiaMemory !== null) return nvidiaMemory;
  return platform === 'win32'
    ? found(await inRegistry(tools), 'the registry')
    : found(await inSysfs(tools), '/sys/class/drm');
}

function found(bytes: readonly number[], source: string): DeviceMemory | null {
  const most = Math.max(0, largest(bytes));
  return most > 0 ? { bytes: most, source } : null;
}

/** One number a line; other lines, such as `[N/A]`, are left out. */
const numbersIn = (text: string) => [...text.matchAll(/^\s*(\d+)\s*$/gm)].map(([, digits]) => Number(digits));

/** Of AMD's driver for Linux. Intel's has no such file. */
async function inSysfs(tools: MemoryTools): Promise<number[]> {
  return (await tools.filesIn('/sys/class/drm', 'device/mem_info_vram_total')).flatMap(numbersIn);
}

/** `    HardwareInformation.qwMemorySize    REG_QWORD    0x200000000` */
async function inRegistry(tools: MemoryTools): Promise<number[]> {
  const name = 'HardwareInformation.qwMemorySize';
  const text = (await tools.output('reg', ['query', DISPLAY_CLASS, '/s', '/v', name])) ?? '';
  return [...text.matchAll(/qwMemorySize\s+REG_QWORD\s+(0x[0-9a-f]+)/gi)].map(([, hex]) => Number(hex));
}

import { z } from 'zod';
import { isAbsolutePath } from './paths.ts';
import { PlanShape } from './plan.ts';

/** What belongs to a computer and not to an animation, so that a file renders on the next one, too; null: not set. */
export interface Machine {
  readonly device: z.infer<typeof PlanShape.shape.device> | null;
  /** Bytes. */
  readonly gpuMemory: number | null;
  /** Of the CPU, at most; the pixels are the same for any number. */
  readonly threads: number | null;
  /** Path as written. */
  readonly cacheFolder: string | null;
  /** Of files that name none: a path or a name, as in a file. */
  readonly checkpoint: string | null;
  /** Path as written: where relative output paths start. */
  readonly outputRoot: string | null;
  /** Absolute path of the program that decodes and encodes videos; null: it is looked for. */
  readonly ffmpeg: string | null;
}

export type MachineKey = keyof Machine;

interface MachineSetting<T> {
  /** Of the command line. */
  readonly flag: string;
  /** Of the environment. */
  readonly variable: string;
  /** In the editor's settings, below `travel`. */
  readonly setting: string;
  readonly value: z.ZodType<T>;
}

const Text = z.string('expected text').trim().min(1, 'expected text');

const GIGABYTE = 1e9;

/** Where each value can be set. The flag comes before the variable, and the variable before the setting. */
export const MACHINE_SETTINGS: { readonly [Key in MachineKey]: MachineSetting<NonNullable<Machine[Key]>> } = {
  device: {
    flag: '--device',
    variable: 'TRAVEL_DEVICE',
    setting: 'device',
    value: z.enum(PlanShape.shape.device.options, `expected ${PlanShape.shape.device.options.join(', ')}`),
  },
  gpuMemory: {
    flag: '--gpu-memory',
    variable: 'TRAVEL_GPU_MEMORY',
    setting: 'gpuMemory',
    value: z.coerce
      .number('expected a number of gigabytes')
      .positive('expected more than 0')
      .max(100_000, 'expected gigabytes, not bytes')
      .transform((gigabytes) => gigabytes * GIGABYTE),
  },
  threads: {
    flag: '--threads',
    variable: 'TRAVEL_THREADS',
    setting: 'threads',
    value: z.coerce
      .number('expected a number of threads')
      .int('expected a whole number')
      .positive('expected more than 0'),
  },
  cacheFolder: { flag: '--cache-folder', variable: 'TRAVEL_CACHE_FOLDER', setting: 'cacheFolder', value: Text },
  checkpoint: { flag: '--checkpoint', variable: 'TRAVEL_CHECKPOINT', setting: 'checkpoint', value: Text },
  outputRoot: { flag: '--output-root', variable: 'TRAVEL_OUTPUT_ROOT', setting: 'outputRoot', value: Text },
  ffmpeg: {
    flag: '--ffmpeg',
    variable: 'TRAVEL_FFMPEG',
    setting: 'ffmpeg',
    // A relative one would be another program in each folder.
    value: Text.refine(isAbsolutePath, 'expected an absolute path'),
  },
};

export const MACHINE_KEYS = Object.keys(MACHINE_SETTINGS) as MachineKey[];

export const NO_MACHINE: Machine = {
  device: null,
  gpuMemory: null,
  threads: null,
  cacheFolder: null,
  checkpoint: null,
  outputRoot: null,
  ffmpeg: null,
};

export interface MachineSources {
  readonly flags?: { readonly [Key in MachineKey]?: unknown };
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The editor's, by their names below `travel`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Why a value of the right type cannot be used on this computer, or null. */
  readonly refuse?: (key: MachineKey, value: NonNullable<Machine[MachineKey]>) => string | null;
}

/**
 * What is set on this computer: by a flag, else by an environment variable, else by a setting of the editor. An empty
 * text and 0 count as not set.
 *
 * @returns `wrong`: a sentence for each value that cannot be used, and is therefore ignored
 */
export function resolveMachine({ flags = {}, environment = {}, settings = {}, refuse = () => null }: MachineSources): {
  readonly machine: Machine;
  readonly wrong: readonly string[];
} {
  const wrong: string[] = [];
  const resolved = <Key extends MachineKey>(key: Key): Machine[Key] | null => {
    const { flag, variable, setting, value } = MACHINE_SETTINGS[key];
    const given: readonly (readonly [string, unknown])[] = [
      [flag, flags[key]],
      [variable, environment[variable]],
      [`travel.${setting}`, settings[setting]],
    ];
    for (const [name, written] of given) {
      if (isUnset(written)) continue;
      const read = value.safeParse(written);
      const reason = read.success ? refuse(key, read.data) : read.error.issues[0]!.message;
      if (read.success && reason === null) return read.data;
      wrong.push(`${name} is ignored, because “${String(written)}” cannot be used: ${reason}.`);
    }
    return null;
  };
  return {
    machine: {
      device: resolved('device'),
      gpuMemory: resolved('gpuMemory'),
      threads: resolved('threads'),
      cacheFolder: resolved('cacheFolder'),
      checkpoint: resolved('checkpoint'),
      outputRoot: resolved('outputRoot'),
      ffmpeg: resolved('ffmpeg'),
    },
    wrong,
  };
}

/** Whether a value as it is written is none: an empty text, or 0. */
export const isUnset = (written: unknown): boolean =>
  written === undefined ||
  written === null ||
  (typeof written === 'string' && /^\s*0*\s*$/.test(written)) ||
  written === 0;

/**
 * The device and the checkpoint of a file on a computer. The file wins only where it decides pixels: with `device: cpu`,
 * and with a checkpoint that it names.
 *
 * @param named whether the file names its checkpoint
 */
export function onMachine<T extends { readonly device: NonNullable<Machine['device']>; readonly checkpoint: string }>(
  settings: T,
  named: boolean,
  { device, checkpoint }: Pick<Machine, 'device' | 'checkpoint'>,
): T {
  return {
    ...settings,
    device: settings.device === 'cpu' ? 'cpu' : (device ?? settings.device),
    checkpoint: named ? settings.checkpoint : (checkpoint ?? settings.checkpoint),
  };
}

import { delimiter, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { splitFormat } from '../grammar/clip/output-path.ts';
import { parseSetting } from '../grammar/parse-setting.ts';
import type { GivenSettings } from '../grammar/settings/schema.ts';
import { expandHome } from '../library/home.ts';
import { thisMachine } from '../library/machine.ts';
import { type FrameRange, parseFrameRange } from '../plan/frame-range.ts';
import { MACHINE_KEYS, MACHINE_SETTINGS, type Machine, type MachineKey } from '../plan/machine.ts';
import { UsageError } from './exit-code.ts';

export interface ModelsFlag {
  readonly models?: readonly string[];
}

/** Flags for what belongs to the computer. */
export type MachineFlags = { readonly [Key in MachineKey]?: string };

/** Flags that decide how files become plans. */
export interface PlanFlags extends ModelsFlag, MachineFlags {
  readonly frames?: FrameRange;
  readonly seed?: GivenSettings;
  readonly out?: GivenSettings;
  readonly set?: GivenSettings;
  /** Absolute. */
  readonly wildcards?: readonly string[];
}

/** Adds the flags of every command that plans files. An invalid value is wrong usage. */
export function addPlanFlags(command: Command): Command {
  const withFrames = addMachineFlags(addModelsFlag(command)).option(
    '--frames <range>',
    'write only these frames, such as 4-7 or 7, as they are in the whole clip',
    frameRange,
  );
  const withOutput = addSeedFlag(withFrames).option(
    '--out <path>',
    'output path; may contain {name}, {date}, {time} and {seed}',
    outputOf,
  );
  return addWildcardsFlag(addSetFlag(withOutput));
}

export function addSetFlag(command: Command): Command {
  const add = (text: string, before: GivenSettings = {}) => ({ ...before, ...assignment(text) });
  return command.option('--set <key=value>', 'any setting of the file; may be repeated', add);
}

export function addSeedFlag(command: Command): Command {
  return command.option('--seed <number>', 'the seed; -1 picks a random one', (text) => settingOf('seed', text));
}

export function addWildcardsFlag(command: Command): Command {
  return command.option(
    '--wildcards <folder>',
    'folder with wildcard files; may be repeated (default: "wildcards" in the folder of the file)',
    anotherFolder,
  );
}

export function addModelsFlag(command: Command): Command {
  return command.option(
    '--models <folder>',
    'folder with models, or an A1111, Forge or ComfyUI installation; may be repeated',
    anotherFolder,
  );
}

const MACHINE_FLAGS: Readonly<Record<MachineKey, readonly [value: string, description: string]>> = {
  device: ['name', 'auto, cuda, dml, coreml, webgpu or cpu; a file with "device: cpu" keeps it'],
  gpuMemory: ['gigabytes', 'memory of the GPU, if it is not detected correctly or other programs need a part of it'],
  threads: ['number', 'threads on the CPU, with the same pixels for any number (default: as many as it runs at once)'],
  cacheFolder: ['folder', 'where the folder prompt-travel keeps progress and what can be computed again'],
  checkpoint: ['name', 'checkpoint of files that name none (default: pocket)'],
  ffmpeg: ['path', 'the program that decodes and encodes videos (default: the one that is found)'],
  outputRoot: ['folder', 'where relative output paths start (default: the folder of the file)'],
};

/** Adds the flags for what belongs to the computer. Each one has an environment variable, too. */
export function addMachineFlags(command: Command, keys: readonly MachineKey[] = MACHINE_KEYS): Command {
  for (const key of keys) {
    const { flag, variable } = MACHINE_SETTINGS[key];
    const [value, description] = MACHINE_FLAGS[key];
    command.option(`${flag} <${value}>`, `${description}; or set ${variable}`);
  }
  return command;
}

/**
 * What is set on this computer.
 *
 * @throws UsageError if a value cannot be used
 */
export function machineOf(flags: MachineFlags = {}): Machine {
  const { machine, wrong } = thisMachine({ flags, environment: process.env });
  if (wrong.length > 0)
    throw new UsageError(wrong.map((sentence) => sentence.replace(' is ignored,', ' is not valid,')).join('\n'));
  return machine;
}

const anotherFolder = (path: string, before: readonly string[] = []) => [...before, resolve(expandHome(path))];

/** Settings given by flags, which override those of a file. If two flags set the same one, the more specific wins. */
export function givenSettings({ out, set, seed }: PlanFlags): GivenSettings {
  return { ...out, ...set, ...seed };
}

/** Folders of `--models`, then those of the environment variable `TRAVEL_MODELS`, which is separated like `PATH`. */
export function modelFolders({ models = [] }: ModelsFlag, environment = process.env.TRAVEL_MODELS): string[] {
  const more = (environment ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...models, ...more.map((folder) => resolve(expandHome(folder)))];
}

export function frameRange(text: string): FrameRange {
  const parsed = parseFrameRange(text);
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message);
  return parsed.range;
}

/** Parses `key=value`. The value is written as in the file. */
export function assignment(text: string): GivenSettings {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write key=value, such as cfg_scale=9.');
  return settingOf(text.slice(0, at).trim(), text.slice(at + 1).trim());
}

/**
 * Parses an output path, relative to the current folder. The extension of a format, as in `clip.mp4`, also sets `save`.
 */
export function outputOf(written: string): GivenSettings {
  const path = expandHome(written);
  if (path.trim() === '') throw new InvalidArgumentError('Write a path, such as out/{name}.');
  // `out/` would become a file `out` in the parent folder.
  if (/(?:^|[\\/])\.{0,2}$/.test(path)) {
    throw new InvalidArgumentError(`This is a folder. Add a file name: ${join(path, '{name}')}.`);
  }
  const { path: base, format } = splitFormat(path);
  return { ...settingOf('output', resolve(base)), ...(format === null ? {} : { save: [format] }) };
}

function settingOf(key: string, text: string): GivenSettings {
  const parsed = parseSetting(key, text);
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message);
  return parsed.settings;
}

import { delimiter, extname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { parseSetting } from '../grammar/parse-setting.ts';
import type { GivenSettings } from '../grammar/settings/schema.ts';
import { OutputFormat } from '../plan/plan.ts';

/** First and last frame, 0-based, both included. */
export interface FrameRange {
  readonly from: number;
  readonly to: number;
}

export interface ModelsFlag {
  readonly models?: readonly string[];
}

/** What the command line says about how files become plans. */
export interface PlanFlags extends ModelsFlag {
  readonly frames?: FrameRange;
  readonly seed?: GivenSettings;
  readonly out?: GivenSettings;
  readonly set?: GivenSettings;
  readonly wildcards?: string;
}

/** Flags of every command that makes plans. Their values are checked here; what is wrong with one is wrong usage. */
export function addPlanFlags(command: Command): Command {
  return addModelsFlag(command)
    .option('--frames <range>', 'only these frames of the clip, such as 0-15 or 7', frameRange)
    .option('--seed <number>', 'the seed; -1 rolls one', (text) => settingOf('seed', text))
    .option('--out <path>', 'where to write; {name}, {date}, {time} and {seed} are filled in', outputOf)
    .option(
      '--set <key=value>',
      'any setting of the front matter; may be repeated',
      (text, before: GivenSettings = {}) => ({ ...before, ...assignment(text) }),
    )
    .option('--wildcards <folder>', 'folder of __name__.txt files (default: "wildcards" beside the file)', (path) =>
      resolve(path),
    );
}

export function addModelsFlag(command: Command): Command {
  return command.option(
    '--models <folder>',
    'folder of model files, or an A1111, Forge or ComfyUI folder; may be repeated',
    (path: string, before: readonly string[] = []) => [...before, resolve(path)],
  );
}

/** The settings that flags give over those of a file; where two speak of one, the more exact has the last word. */
export function givenSettings({ out, set, seed }: PlanFlags): GivenSettings {
  return { ...out, ...set, ...seed };
}

/** The folders of `--models`, then those of the environment variable `TRAVEL_MODELS`, separated as in `PATH`. */
export function modelFolders({ models = [] }: ModelsFlag, environment = process.env.TRAVEL_MODELS): string[] {
  const more = (environment ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...models, ...more.map((folder) => resolve(folder))];
}

export function frameRange(text: string): FrameRange {
  const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text.trim());
  if (!match) throw new InvalidArgumentError('Write the first and the last frame, counted from 0: 0-15, or 7 for one.');
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  if (to < from) throw new InvalidArgumentError(`It ends before it begins. Write ${to}-${from}.`);
  return { from, to };
}

/** `key=value` as a setting; the value is written as in the front matter. */
export function assignment(text: string): GivenSettings {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write key=value, such as cfg_scale=9.');
  return settingOf(text.slice(0, at).trim(), text.slice(at + 1).trim());
}

/** An output path from the current folder; an ending that is a format, as in `clip.mp4`, also says what to save. */
export function outputOf(path: string): GivenSettings {
  if (path.trim() === '') throw new InvalidArgumentError('Write a path, such as out/{name}.');
  // A folder's name alone would be a file beside it.
  if (/(?:^|[\\/])\.{0,2}$/.test(path)) {
    throw new InvalidArgumentError(`It names a folder. Write what the file is called, too: ${join(path, '{name}')}.`);
  }
  const ending = extname(path);
  const format = OutputFormat.safeParse(ending.slice(1).toLowerCase());
  const base = resolve(format.success ? path.slice(0, -ending.length) : path);
  return { ...settingOf('output', base), ...(format.success ? { save: [format.data] } : {}) };
}

function settingOf(key: string, text: string): GivenSettings {
  const parsed = parseSetting(key, text);
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message);
  return parsed.settings;
}

import type { z } from 'zod';
import { aboutPartType, aboutSettingType, type PartAbout, type SettingAbout, settingsObject } from './about.ts';
import { imageAndPromptSettings } from './image-and-prompts.ts';
import { partsOf } from './inspect.ts';
import { modelAndTimeSettings } from './models-and-time.ts';
import { outputAndInputSettings } from './output-and-inputs.ts';
import { samplingSettings } from './sampling.ts';

/**
 * Every setting of a `.travel` file: the one source of validation, completion, hover, defaults, the CLI's flags, and
 * the reference page. Missing keys get their default; the description of a key without one explains what happens then.
 */
export const Settings = settingsObject({
  ...modelAndTimeSettings,
  ...imageAndPromptSettings,
  ...samplingSettings,
  ...outputAndInputSettings,
});

/** All settings with defaults filled in. Keys without a default may be missing. */
export type Settings = z.output<typeof Settings>;

export type SettingKey = keyof Settings;

/** Settings that a file or the command line gives: each value is whole and valid, keys may be missing. */
export type GivenSettings = Partial<Settings>;

export const SETTING_KEYS = Object.keys(Settings.shape) as readonly SettingKey[];

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(Settings.shape, key);
}

export function aboutSetting(key: SettingKey): SettingAbout {
  return aboutSettingType(Settings.shape[key]);
}

/** A setting, or a part of one. */
export interface SettingEntry {
  /** Its last key. */
  readonly key: string;
  readonly type: z.core.$ZodType;
  readonly about: SettingAbout | PartAbout;
}

/**
 * What the schema knows about a path; null if it has no such setting. Positions and names of definitions are not
 * settings.
 *
 * @param path as in `SettingSpan`s, split at its dots: `save`, `controlnet 0 mode`; indices are ignored
 */
export function settingAt(path: readonly string[]): SettingEntry | null {
  const [key, ...below] = path.filter((step) => !/^\d+$/.test(step));
  if (key === undefined || !isSettingKey(key)) return null;
  let entry: SettingEntry = { key, type: Settings.shape[key], about: aboutSetting(key) };
  for (const step of below) {
    const parts = partsOf(entry.type);
    const type = Object.hasOwn(parts, step) ? parts[step] : undefined;
    const about = type && aboutPartType(type);
    if (!type || !about) return null;
    entry = { key: step, type, about };
  }
  return entry;
}

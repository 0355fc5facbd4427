import { z } from 'zod';
import { AboutSchema } from './about.ts';
import { modelAndTimeSettings } from './models-and-time.ts';
import { outputAndInputSettings } from './output-and-inputs.ts';
import { pictureAndPromptSettings } from './picture-and-prompts.ts';

/**
 * Every setting of a `.travel` file: the one source of validation, completion, hover, defaults, the CLI's flags and the
 * reference page. A default stands in for a missing key; keys without one say in their description what happens then.
 */
export const Settings = z.strictObject({
  ...modelAndTimeSettings,
  ...pictureAndPromptSettings,
  ...outputAndInputSettings,
});

/** All settings, resolved: defaults filled in. Keys without a default may be missing. */
export type Settings = z.output<typeof Settings>;

export type SettingKey = keyof Settings;

/** Settings that a file, or the command line, gives: values are whole and valid, keys may be missing. */
export type GivenSettings = Partial<Settings>;

export const SETTING_KEYS = Object.keys(Settings.shape) as readonly SettingKey[];

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(Settings.shape, key);
}

/** What hover, completion and the reference say about a setting. */
export function aboutSetting(key: SettingKey): z.output<typeof AboutSchema> {
  return AboutSchema.parse(Settings.shape[key].meta());
}

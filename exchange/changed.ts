import { SETTING_KEYS, type SettingKey, Settings } from '../grammar/settings/schema.ts';

/** The settings that differ from their defaults. */
export function changedSettings(settings: Settings): SettingKey[] {
  const defaults = Settings.parse({});
  return SETTING_KEYS.filter((key) => JSON.stringify(settings[key]) !== JSON.stringify(defaults[key]));
}

/** `steps: 24, save: ["mp4"]` */
export function settingsText(settings: Settings, keys: readonly SettingKey[]): string {
  return keys
    .map((key) => `${key}: ${typeof settings[key] === 'string' ? settings[key] : JSON.stringify(settings[key])}`)
    .join(', ');
}

import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { readSettings } from './read.ts';
import { type GivenSettings, isSettingKey, SETTING_KEYS, Settings } from './schema.ts';

/**
 * Puts layers of settings together and fills in the defaults: files that are extended first, the file itself, then the
 * command line. A later layer's setting replaces an earlier one's whole; only `define` is merged name by name.
 */
export function resolveSettings(layers: readonly GivenSettings[]): Settings {
  const merged = Object.assign({}, ...layers);
  const define = Object.assign({}, ...layers.map((layer) => layer.define));
  return Settings.parse({ ...merged, define });
}

export type ParsedSetting =
  | { readonly ok: true; readonly settings: GivenSettings }
  | { readonly ok: false; readonly message: string };

/**
 * One setting as the command line gives it: `--set cfg_scale=9`. A text is taken as it is, a list may come without its
 * brackets (`gif,mp4`), all else is YAML as in a file.
 */
export function parseSetting(key: string, text: string): ParsedSetting {
  if (!isSettingKey(key)) {
    const meant = didYouMean(key, SETTING_KEYS);
    return { ok: false, message: `There is no setting “${key}”.${meant ? ` Did you mean “${meant}”?` : ''}` };
  }
  const kind = settingKind(key);
  if (kind !== 'text' && /[\r\n]/.test(text))
    return { ok: false, message: `The value of “${key}” goes over several lines.` };
  const written = kind === 'text' ? JSON.stringify(text) : kind === 'list' && !/^\s*\[/.test(text) ? `[${text}]` : text;
  const { settings, problems } = readSettings(`${key}: ${written}`, 0);
  const [problem] = problems;
  return problem ? { ok: false, message: problem.message } : { ok: true, settings };
}

/** What kind of value a setting takes on a command line. */
export type SettingKind = 'text' | 'list' | 'switch' | 'choice' | 'number' | 'map';

export function settingKind(key: keyof typeof Settings.shape): SettingKind {
  const type = innerType(Settings.shape[key]);
  if (type instanceof z.ZodString) return 'text';
  if (type instanceof z.ZodArray) return 'list';
  if (type instanceof z.ZodBoolean) return 'switch';
  if (type instanceof z.ZodEnum) return 'choice';
  return type instanceof z.ZodNumber || type instanceof z.ZodUnion ? 'number' : 'map';
}

/** The values that a setting, or the items of its list, can have; null where they are not a closed set. */
export function settingChoices(key: keyof typeof Settings.shape): readonly string[] | null {
  const type = innerType(Settings.shape[key]);
  const item = type instanceof z.ZodArray ? type.element : type;
  if (item instanceof z.ZodEnum) return item.options.map(String);
  return item instanceof z.ZodBoolean ? ['true', 'false'] : null;
}

/** What a file gets that does not set this; undefined where the checkpoint or the module decides. */
export function settingDefault(key: keyof typeof Settings.shape): unknown {
  const result = Settings.shape[key].safeParse(undefined);
  return result.success ? result.data : undefined;
}

function innerType(type: z.core.$ZodType): z.core.$ZodType {
  let inner = type;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) inner = inner.unwrap();
  return inner;
}

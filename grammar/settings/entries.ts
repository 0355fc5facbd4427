import { parseHold } from '../time/position.ts';
import type { FileKind, PartAbout, SettingAbout } from './about.ts';
import { defaultOf, partsOf } from './inspect.ts';
import { SETTING_KEYS, type Settings, settingAt } from './schema.ts';

/** A setting, or a part of one, with its value. */
export interface SettingValue {
  /** As in `SettingSpan`s: `fps`, `controlnet.0.weight`. */
  readonly path: string;
  readonly about: SettingAbout | PartAbout;
  readonly value: unknown;
  readonly isDefault: () => boolean;
}

/** Every setting that has a value, and every part of one, in the schema's order. */
export function settingValues(settings: Settings): SettingValue[] {
  return SETTING_KEYS.flatMap((key) => valuesAt([key], settings[key]));
}

function valuesAt(path: readonly string[], value: unknown): SettingValue[] {
  const entry = settingAt(path);
  if (!entry || value === undefined) return [];
  const { about, type } = entry;
  const isDefault = () => JSON.stringify(value) === JSON.stringify(defaultOf(type));
  return [{ path: path.join('.'), about, value, isDefault }, ...partValues(path, Object.keys(partsOf(type)), value)];
}

function partValues(path: readonly string[], keys: readonly string[], value: unknown): SettingValue[] {
  if (keys.length === 0) return [];
  if (Array.isArray(value)) return value.flatMap((item, i) => partValues([...path, `${i}`], keys, item));
  const map = new Map(Object.entries(value as Readonly<Record<string, unknown>>));
  return keys.flatMap((key) => valuesAt([...path, key], map.get(key)));
}

/** A setting, or a part of one, that changes over time. */
export interface PositionMap {
  /** As in `SettingSpan`s. */
  readonly path: string;
  /** By position as written. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** The settings whose value is a map of positions. */
export function positionMaps(settings: Settings): PositionMap[] {
  return settingValues(settings).flatMap(({ path, value }) => (isPositionMap(value) ? [{ path, values: value }] : []));
}

function isPositionMap(value: unknown): value is PositionMap['values'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const positions = Object.keys(value);
  return positions.length > 0 && positions.every((position) => parseHold(position) !== null);
}

/** A file or a folder that a setting names. */
export interface SettingFile {
  readonly path: string;
  readonly kind: FileKind;
  /** As written. */
  readonly name: string;
}

/** Every file and folder that the settings name. */
export function settingFiles(settings: Settings): SettingFile[] {
  return settingValues(settings).flatMap(({ path, about: { file: kind }, value }) => {
    if (kind === undefined) return [];
    if (typeof value === 'string') return [{ path, kind, name: value }];
    // Files at positions.
    return Object.entries(value as Readonly<Record<string, string>>).map(([key, name]) => ({
      path: `${path}.${key}`,
      kind,
      name,
    }));
  });
}

/** The kind of file that the setting at a path names; null if it names none. */
export function settingFileKind(path: string): FileKind | null {
  return settingAt(path.split('.'))?.about.file ?? null;
}

/** Kinds of models that are looked up by name. */
export type SettingModelKind = Extract<
  FileKind,
  'checkpoint' | 'text-encoder' | 'vae' | 'motion-module' | 'controlnet'
>;

const SETTING_MODEL_KINDS: readonly SettingModelKind[] = [
  'checkpoint',
  'text-encoder',
  'vae',
  'motion-module',
  'controlnet',
];

/** The kind of model that the setting at a path names; null if it names none. */
export function settingModelKind(path: string): SettingModelKind | null {
  const kind = settingFileKind(path);
  return SETTING_MODEL_KINDS.find((each) => each === kind) ?? null;
}

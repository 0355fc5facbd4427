import type { SettingKey } from '../grammar/settings/schema.ts';
import type { Lost } from './lost.ts';
import type { ClipView } from './view.ts';

export const TARGET_NAMES = ['a1111-prompt', 'webui-api', 'fizz', 'cli', 'deforum', 'comfy-api', 'infotext'] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** A clip in the format of another tool. */
export interface Exported {
  /** The whole file, with a newline at its end. */
  readonly text: string;
  /** Its parts, for programs: the JSON, or the texts of several boxes. */
  readonly parts: Readonly<Record<string, unknown>>;
  /** What a person needs besides the file, such as the options of a command; null: nothing. */
  readonly hint: string | null;
  readonly lost: readonly Lost[];
}

/** A format that other tools read. */
export interface ExportTarget {
  readonly name: TargetName;
  /** The settings that the file of a clip holds, or that its hint names. */
  readonly carries: (view: ClipView) => readonly SettingKey[];
  /** Settings for which the format has no place at all: the hint names them, and they are not losses. */
  readonly besides: readonly SettingKey[];
  /** Whether prompts are mixed between keyframes there, in a line. */
  readonly mixes: boolean;
  readonly write: (view: ClipView) => Exported;
}

/** How eased transitions are written: as they are, so that they are linear there, or with further keyframes. */
export const EASING_STYLES = ['linear', 'keys'] as const;
export type EasingStyle = (typeof EASING_STYLES)[number];

/** JSON as people read it. */
export const jsonFile = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

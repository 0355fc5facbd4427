import type { NewSetting } from '../settings/add-settings.ts';
import type { LiteralEntry } from './literals.ts';

/**
 * Reads what other tools write. The language finds such text in a file; `exchange/` knows what it means, so that a fix
 * converts it as an import does.
 */
export interface ForeignReader {
  /** The keyframes of a schedule of prompts. @param frames length of the clip */
  readonly schedule: (entries: readonly ScheduleEntry[], frames: number) => ForeignClip;
  /** The same of AnimateDiff-Evolved. */
  readonly adeSchedule: (entries: readonly AdeEntry[], frames: number) => ForeignClip;
  /** A configuration with keyframes: of animatediff-cli or of Deforum. @param around its other entries */
  readonly configuration: (
    entries: readonly ScheduleEntry[],
    around: readonly LiteralEntry[],
    kind: ConfigurationKind,
  ) => ForeignClip;
  /** A1111's lines below a prompt: `Negative prompt: …`, and then `Steps: …`, or one of them. */
  readonly parameters: (text: string) => Pick<ForeignClip, 'settings' | 'notes'>;
}

export type ConfigurationKind = 'animatediff-cli' | 'deforum';

/** A frame and its prompt, which may have `--neg`. */
export interface ScheduleEntry {
  readonly frame: number;
  readonly prompt: string;
}

export interface AdeEntry {
  /** As `isAdeKey` accepts it. */
  readonly key: string;
  /** As it is written, without escapes. */
  readonly prompt: string;
}

export interface ForeignClip {
  /** Lines of the body. */
  readonly head: readonly string[];
  readonly tail: readonly string[];
  /** The line of a keyframe by its frame; frames that cannot have one are left out. */
  readonly keyframes: ReadonlyMap<number, string>;
  readonly settings: readonly NewSetting[];
  /** What could not be carried over, one or more sentences each. */
  readonly notes: readonly string[];
}

/** A value of a setting as data. The keys of maps that change over time are positions. */
export type SettingValue =
  | string
  | number
  | boolean
  | readonly SettingValue[]
  | { readonly [key: string]: SettingValue };

/**
 * A clip as every reader of another tool's format describes it. Prompts are in the syntax of `.travel` files: use
 * `literalText` for text of a tool in which `#`, `$`, `{`, `|` and `__` have no meaning.
 */
export interface Clip {
  readonly head: readonly string[];
  readonly keyframes: readonly ClipKeyframe[];
  readonly tail: readonly string[];
  /** By the names of settings in docs/settings.md. */
  readonly settings: Readonly<Record<string, SettingValue | undefined>>;
}

export interface ClipKeyframe {
  /** A position or a hold: `8`, `8-15`, `-4`, `50%`. */
  readonly at: string;
  readonly prompt: string;
  /** After `--neg`. */
  readonly negative?: string | undefined;
  readonly transition?: string | undefined;
}

/** The parts of a value that are there. */
export const withoutUndefined = (
  parts: Readonly<Record<string, SettingValue | undefined>>,
): Record<string, SettingValue> =>
  Object.fromEntries(Object.entries(parts).filter((entry): entry is [string, SettingValue] => entry[1] !== undefined));

/** What the front matter leaves out: a clip without settings. */
export const EMPTY_CLIP: Clip = { head: [], keyframes: [], tail: [], settings: {} };

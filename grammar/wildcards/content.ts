import { type WildcardName, weightIn, wildcardsIn } from './choices.ts';

/** A line of a wildcard file that can be chosen (sd-dynamic-prompts' wildcard files). */
export interface WildcardChoice {
  /** Without its weight. */
  readonly text: string;
  /** ≥ 0; 1 if not written. `20::text` is 20. */
  readonly weight: number;
  /** From 1. */
  readonly line: number;
}

/** A place in a wildcard file, and what is there. */
export interface WildcardFault {
  /** From 1. */
  readonly line: number;
  readonly what: string;
}

export interface WildcardContent {
  readonly choices: readonly WildcardChoice[];
  /** Whether all choices have the weight 1. */
  readonly isEven: boolean;
  /** The wildcards in the choices. */
  readonly uses: readonly (Pick<WildcardName, 'name'> & Pick<WildcardChoice, 'line'>)[];
  /** The markers of a merge conflict. */
  readonly conflicts: readonly WildcardFault[];
  /** The first damaged line; null if there is none. */
  readonly damage: WildcardFault | null;
}

const CONTENTS = new WeakMap<readonly string[], WildcardContent>();

/** The choices of a wildcard file: its lines, except for empty ones and those that start with `#`. */
export function wildcardContent(lines: readonly string[]): WildcardContent {
  const known = CONTENTS.get(lines);
  if (known) return known;
  const choices = lines.flatMap((line, i): WildcardChoice[] => {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return [];
    const { weight, length } = weightIn(text);
    return [{ text: text.slice(length).trimStart(), weight, line: i + 1 }];
  });
  const content = {
    choices,
    isEven: choices.every(({ weight }) => weight === 1),
    uses: choices.flatMap(({ text, line }) => wildcardsIn(text).map(({ name }) => ({ name, line }))),
    conflicts: conflictsIn(lines),
    damage: damageIn(lines),
  };
  CONTENTS.set(lines, content);
  return content;
}

const MARKER = /^(?:(?:<{7}|>{7}|\|{7})(?= |$)|={7}$)/;

function conflictsIn(lines: readonly string[]): WildcardFault[] {
  const markers = lines.flatMap((text, i): WildcardFault[] => {
    const [what] = MARKER.exec(text.trimEnd()) ?? [];
    return what === undefined ? [] : [{ line: i + 1, what }];
  });
  // A line of “=” alone is a decoration.
  return markers.some(({ what }) => /^(?:<{7}|>{7})$/.test(what)) ? markers : [];
}

/** Signs of a wrong encoding, as the decoder (`decodeWildcardFile`) leaves them. */
const DAMAGE: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /\0/, what: 'null characters, as in UTF-16 without a byte order mark' },
  { pattern: /\ufffd/, what: 'a replacement character, “\ufffd”' },
  // UTF-8 that was read as Windows-1252, such as `cafÃ©`, `â€™`.
  { pattern: /Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|Â[\u00a0-\u00bf]|â€/, what: 'letters in a wrong encoding' },
  // Bytes of another encoding: no language has five such letters in a row.
  { pattern: /[\u0080-\u009f]|[\u00a1-\u00ff]{5}/, what: 'letters in an encoding other than UTF-8' },
];

function damageIn(lines: readonly string[]): WildcardFault | null {
  for (const [i, text] of lines.entries()) {
    const found = DAMAGE.find(({ pattern }) => pattern.test(text));
    if (found) return { line: i + 1, what: found.what };
  }
  return null;
}

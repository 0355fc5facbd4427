import { closingQuote } from '../../../grammar/settings/flow-entries.ts';

/** Where text ends inside of braces or brackets: `{source: a, from: ` and `[{mode: b`. */
export interface OpenFlow {
  /** Of the maps around it. Positions (`{0: a.png}`) are keys, too. */
  readonly keys: readonly string[];
  /** What is written of the last key, value or item. */
  readonly written: string;
  readonly isKey: boolean;
}

interface Level {
  readonly isMap: boolean;
  key: string | null;
}

/**
 * Reads YAML's flow style up to the end of a text, on one line.
 *
 * @returns null if all brackets are closed, or a value was not written with one
 */
export function openFlow(text: string): OpenFlow | null {
  const levels: Level[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    const level = levels.at(-1);
    const isEmpty = text.slice(start, i).trim() === '';
    if ((character === '"' || character === "'") && isEmpty) {
      i = closingQuote(text, i);
    } else if ((character === '{' || character === '[') && isEmpty) {
      levels.push({ isMap: character === '{', key: null });
      start = i + 1;
    } else if (!level) {
      return null;
    } else if (character === '}' || character === ']') {
      levels.pop();
      start = i + 1;
    } else if (character === ',') {
      level.key = null;
      start = i + 1;
    } else if (character === ':' && level.isMap && level.key === null && /^[ \t]/.test(text.slice(i + 1, i + 2))) {
      level.key = text.slice(start, i).trim();
      start = i + 1;
    }
  }
  const last = levels.at(-1);
  if (!last) return null;
  return {
    keys: levels.flatMap(({ key }) => key ?? []),
    written: text.slice(start).trimStart(),
    isKey: last.isMap && last.key === null,
  };
}

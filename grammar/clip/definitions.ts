import { memoizeByPrompt } from '../memoize-by-prompt.ts';

/** With what a backslash escapes, which is no name. */
const REFERENCE = /\\[\s\S]|\$(?:([\p{L}_][\p{L}\p{N}_]*)|\{([\p{L}_][\p{L}\p{N}_]*)\})/gu;

/** Limit of expanded text: ten definitions that each use the next one twice multiply it by a thousand. */
const MOST_CHARACTERS = 1_000_000;

export interface NameUse {
  readonly name: string;
  /** Offsets in the text that was searched. */
  readonly start: number;
  readonly end: number;
}

/** Every `$name` and `${name}` in a text, defined or not. */
export function namesIn(text: string): NameUse[] {
  return Array.from(text.matchAll(REFERENCE)).flatMap(({ 0: written, 1: plain, 2: braced, index }) => {
    const name = plain ?? braced;
    return name === undefined ? [] : [{ name, start: index, end: index + written.length }];
  });
}

/** Every `$name` and `${name}` in a prompt, defined or not. */
export const namesOf = memoizeByPrompt((prompt) => namesIn(prompt.text));

/** A cycle of definitions, such as `a → b → a`; null if there is none. */
export function findCycle(definitions: ReadonlyMap<string, string>): readonly string[] | null {
  const finished = new Set<string>();
  for (const start of definitions.keys()) {
    // An explicit stack, because the chain can be as long as the map.
    const path: { name: string; uses: NameUse[] }[] = [];
    const onPath = new Set<string>();
    const enter = (name: string) => {
      onPath.add(name);
      path.push({ name, uses: namesIn(definitions.get(name) ?? '') });
    };
    if (!finished.has(start)) enter(start);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const use = top.uses.pop();
      if (!use) {
        finished.add(top.name);
        onPath.delete(top.name);
        path.pop();
      } else if (onPath.has(use.name)) {
        const names = path.map(({ name }) => name);
        return [...names.slice(names.indexOf(use.name)), use.name];
      } else if (definitions.has(use.name) && !finished.has(use.name)) enter(use.name);
    }
  }
  return null;
}

/** Replaces names by their definitions. Undefined names stay text. */
export class Expander {
  readonly #definitions: ReadonlyMap<string, string>;
  readonly #roll: (text: string, scope: string) => string;
  readonly #expanded = new Map<string, string>();

  /**
   * @param definitions without cycles
   * @param roll replaces wildcards and choices; each definition is rolled once, with its name as scope, so a name has
   * one meaning in a clip
   */
  constructor(definitions: ReadonlyMap<string, string>, roll: (text: string, scope: string) => string) {
    this.#definitions = definitions;
    this.#roll = roll;
  }

  /** @throws {RangeError} if the text would be longer than a million characters */
  expand(text: string, scope = ''): string {
    const rolled = this.#roll(text, scope);
    const expanded = rolled.replace(REFERENCE, (written, plain?: string, braced?: string) => {
      const name = plain ?? braced;
      return name !== undefined && this.#definitions.has(name) ? this.#meaning(name) : written;
    });
    if (expanded.length > MOST_CHARACTERS) {
      throw new RangeError(
        'A prompt is longer than a million characters. Shorten it, or the definitions that it uses.',
      );
    }
    return expanded;
  }

  #meaning(name: string): string {
    const known = this.#expanded.get(name);
    if (known !== undefined) return known;
    const meaning = this.expand(this.#definitions.get(name) ?? '', name);
    this.#expanded.set(name, meaning);
    return meaning;
  }
}

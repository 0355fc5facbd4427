import { memoizeByPrompt } from '../memoize-by-prompt.ts';

const REFERENCE = /\$(?:([\p{L}_][\p{L}\p{N}_]*)|\{([\p{L}_][\p{L}\p{N}_]*)\})/gu;

/** Longest text that definitions may grow to; ten pieces that each name another twice grow a thousandfold. */
const MOST_CHARACTERS = 1_000_000;

export interface NameUse {
  readonly name: string;
  /** Offsets in the text that was searched. */
  readonly start: number;
  readonly end: number;
}

/** Every `$name` and `${name}` of a text, defined or not. */
export function namesIn(text: string): NameUse[] {
  return Array.from(text.matchAll(REFERENCE), (match) => ({
    name: (match[1] ?? match[2])!,
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Those of a prompt. */
export const namesOf = memoizeByPrompt((prompt) => namesIn(prompt.text));

/** A circle of definitions, as `a → b → a`; null where there is none. */
export function findCycle(definitions: ReadonlyMap<string, string>): readonly string[] | null {
  const finished = new Set<string>();
  for (const start of definitions.keys()) {
    // Own stack: the chain may be as long as the map.
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

/** Puts definitions in for their names. Names that are not defined stay text. */
export class Expander {
  readonly #definitions: ReadonlyMap<string, string>;
  readonly #roll: (text: string, scope: string) => string;
  readonly #expanded = new Map<string, string>();

  /**
   * @param definitions without circles
   * @param roll replaces wildcards and choices; each definition is rolled once, with its name as scope, so a name has one
   * meaning in a clip
   */
  constructor(definitions: ReadonlyMap<string, string>, roll: (text: string, scope: string) => string) {
    this.#definitions = definitions;
    this.#roll = roll;
  }

  /** @throws {RangeError} when the text would be longer than a million characters */
  expand(text: string, scope = ''): string {
    const rolled = this.#roll(text, scope);
    const expanded = rolled.replace(REFERENCE, (written, plain?: string, braced?: string) => {
      const name = (plain ?? braced)!;
      return this.#definitions.has(name) ? this.#meaning(name) : written;
    });
    if (expanded.length > MOST_CHARACTERS) {
      throw new RangeError('A prompt has more than a million characters, by itself or by its definitions. Shorten it.');
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

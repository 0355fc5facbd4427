import type { TextSpan } from '../problem.ts';
import { type Choice, findChoices, type Option, optionsOf, wildcardAt } from './choices.ts';
import { seededRandom } from './random.ts';

/** The lines of a wildcard's file, or null where there is none. */
export type WildcardLines = (name: string) => readonly string[] | null;

/** What was written and what it became; nested ones come after the one they are part of. */
export interface Rolled {
  readonly written: string;
  readonly chosen: string;
}

/** Something that could not be rolled and stays in the prompt as it is written. `span` is in the text given to `roll`. */
export type RollProblem =
  | { readonly kind: 'unknown-wildcard' | 'empty-wildcard'; readonly name: string; readonly span: TextSpan }
  /** `names`: the wildcards that lead back to the first of them. */
  | { readonly kind: 'wildcard-cycle'; readonly names: readonly string[]; readonly span: TextSpan }
  | { readonly kind: 'too-deep' | 'too-long'; readonly span: TextSpan };

export interface RolledText {
  readonly text: string;
  readonly problems: readonly RollProblem[];
}

/** Choices and wildcards inside one another. */
const DEEPEST = 32;
/** Characters that one render's wildcards and choices may read from files and put into prompts. */
const LONGEST = 200_000;

/**
 * Rolls a render's wildcards and `{a|b}`: once, from its seed. Give it the texts of a document one after another, in the
 * document's order: the same seed, texts and files then give the same prompts.
 */
export class WildcardRoller {
  readonly #random: () => number;
  readonly #linesOf: WildcardLines;
  readonly #rolled: Rolled[] = [];
  readonly #files = new Map<string, readonly string[] | null>();
  #budget = LONGEST;

  constructor(seed: number, linesOf: WildcardLines) {
    this.#random = seededRandom(seed);
    this.#linesOf = linesOf;
  }

  /** What was rolled so far, in order of appearance. */
  get rolled(): readonly Rolled[] {
    return this.#rolled;
  }

  roll(text: string): RolledText {
    // Most prompts hold nothing to roll.
    if (!/\{|__/.test(text)) return { text, problems: [] };
    const problems: RollProblem[] = [];
    return { text: this.#expand(text, { within: [], depth: 0, span: null, problems }), problems };
  }

  #expand(text: string, place: Place): string {
    return this.#expandRange(text, findChoices(text), { start: 0, end: text.length }, place);
  }

  #expandRange(text: string, choices: ReadonlyMap<number, Choice>, range: TextSpan, place: Place): string {
    let out = '';
    let copied = range.start;
    let at = range.start;
    while (at < range.end) {
      const choice = text[at] === '{' ? choices.get(at) : undefined;
      const wildcard = text[at] === '_' ? wildcardAt(text, at) : null;
      const end = choice ? choice.close + 1 : wildcard && wildcard.end <= range.end ? wildcard.end : null;
      if (end === null) {
        at += text[at] === '\\' ? 2 : 1;
        continue;
      }
      const inner: Place = { ...place, depth: place.depth + 1, span: place.span ?? { start: at, end } };
      const rolled = choice ? this.#choose(text, choices, choice, inner) : this.#wildcard(wildcard!.name, inner);
      out += text.slice(copied, at) + (rolled ?? text.slice(at, end));
      copied = end;
      at = end;
    }
    return out + text.slice(copied, range.end);
  }

  #choose(text: string, choices: ReadonlyMap<number, Choice>, choice: Choice, place: Place): string | null {
    const written = text.slice(choice.open, choice.close + 1);
    return this.#record(written, place, () => {
      const option = this.#pick(optionsOf(text, choice));
      return this.#expandRange(text, choices, option, place);
    });
  }

  #wildcard(name: string, place: Place): string | null {
    const span = place.span!;
    if (place.within.includes(name)) {
      const names = [...place.within.slice(place.within.indexOf(name)), name];
      place.problems.push({ kind: 'wildcard-cycle', names, span });
      return null;
    }
    const lines = this.#lines(name);
    if (!lines || lines.length === 0) {
      place.problems.push({ kind: lines ? 'empty-wildcard' : 'unknown-wildcard', name, span });
      return null;
    }
    return this.#record(`__${name}__`, place, () => {
      const line = lines[Math.floor(this.#random() * lines.length)]!;
      this.#budget -= line.length;
      return this.#expand(line, { ...place, within: [...place.within, name] });
    });
  }

  /** The lines that can be chosen: without blank ones and comments. Read once, so that a render sees one state of a file. */
  #lines(name: string): readonly string[] | null {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const lines = this.#linesOf(name)
      ?.map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    this.#files.set(name, lines ?? null);
    return lines ?? null;
  }

  /** Notes what a roll gives at the place where it appears; null, and a problem, where it is too deep or too long. */
  #record(written: string, place: Place, roll: () => string): string | null {
    const span = place.span!;
    if (place.depth > DEEPEST) {
      place.problems.push({ kind: 'too-deep', span });
      return null;
    }
    if (this.#budget <= 0) {
      if (!place.problems.some(({ kind }) => kind === 'too-long')) place.problems.push({ kind: 'too-long', span });
      return null;
    }
    const index = this.#rolled.push({ written, chosen: '' }) - 1;
    // Every roll costs something, so that files which multiply come to an end even where they hold no text.
    this.#budget -= 1;
    const chosen = roll();
    this.#budget -= chosen.length;
    this.#rolled[index] = { written, chosen };
    return chosen;
  }

  /** One option by its weight; any where all weights are 0. */
  #pick(options: readonly Option[]): Option {
    const total = options.reduce((sum, { weight }) => sum + weight, 0);
    const even = total === 0;
    let left = this.#random() * (even ? options.length : total);
    for (const option of options) {
      left -= even ? 1 : option.weight;
      if (left < 0) return option;
    }
    return options.at(-1)!;
  }
}

/** Where a roll is: inside which wildcards, how deep, and for which part of the text that was given. */
interface Place {
  readonly within: readonly string[];
  readonly depth: number;
  readonly span: TextSpan | null;
  readonly problems: RollProblem[];
}

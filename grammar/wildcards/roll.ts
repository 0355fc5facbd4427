import type { TextSpan } from '../problem.ts';
import { type Choice, findChoices, type Option, optionsOf, type Quantity, quantityOf, wildcardAt } from './choices.ts';
import { hashText, seededRandom } from './random.ts';

/** The lines of a wildcard's file, or null if it is not found. */
export type WildcardLines = (name: string) => readonly string[] | null;

/** What was written and what was chosen for it; nested ones follow the one that they are part of. */
export interface Rolled {
  readonly written: string;
  readonly chosen: string;
}

/** Something that could not be rolled and stays in the prompt as written. `span` is in the text given to `roll`. */
export type RollIssue = {
  readonly span: TextSpan;
  /** The extended file whose text it is in. */
  readonly file?: string;
} & (
  | { readonly kind: 'unknown-wildcard' | 'empty-wildcard'; readonly name: string }
  /** `names`: the wildcards that lead back to the first of them. */
  | { readonly kind: 'wildcard-cycle'; readonly names: readonly string[] }
  | { readonly kind: 'wildcard-too-deep' | 'wildcard-too-long' }
);

export interface RolledText {
  readonly text: string;
  readonly issues: readonly RollIssue[];
}

/** Levels of choices and wildcards inside one another. */
export const DEEPEST = 32;
/** Characters that the wildcards and choices of one render may read from files and put into prompts. */
export const LONGEST = 200_000;

/** Rolls of the only option of a choice with a quantity. */
const MOST_REPEATED = 100;

/** Most prompts hold nothing to roll. */
const ROLLABLE = /\{|__/;

/**
 * Rolls the wildcards and choices (`{a|b}`) of a render, once. A roll depends on the seed, on what is written, and, if one
 * prompt contains the same several times, on which of them it is. So an edit elsewhere in the document changes no roll,
 * and the same wildcard at two keyframes has the same value. Choices and wildcards inside another are part of its roll.
 */
export class WildcardRoller {
  readonly #seed: number;
  readonly #linesOf: WildcardLines;
  readonly #rolled: Rolled[] = [];
  readonly #files = new Map<string, readonly string[] | null>();
  #budget = LONGEST;

  constructor(seed: number, linesOf: WildcardLines) {
    this.#seed = seed;
    this.#linesOf = linesOf;
  }

  /** What was rolled so far, in order of appearance. */
  get rolled(): readonly Rolled[] {
    return this.#rolled;
  }

  /** @param text one prompt, head or tail line, or definition */
  roll(text: string): RolledText {
    if (!ROLLABLE.test(text)) return { text, issues: [] };
    const choices = findChoices(text);
    const issues: RollIssue[] = [];
    const occurrences = new Map<string, number>();
    const whole = { start: 0, end: text.length };
    const rolled = replaceRolls(text, choices, whole, (found) => {
      const written = text.slice(found.start, found.end);
      const occurrence = occurrences.get(written) ?? 0;
      occurrences.set(written, occurrence + 1);
      const random = seededRandom(hashText([this.#seed, occurrence, written].join('\0')));
      const span = { start: found.start, end: found.end };
      return this.#roll(text, choices, found, { within: [], depth: 1, span, issues, random });
    });
    return { text: rolled, issues };
  }

  #roll(text: string, choices: ReadonlyMap<number, Choice>, found: Rollable, place: Place): string | null {
    return found.choice ? this.#choose(text, choices, found.choice, place) : this.#wildcard(found.wildcard, place);
  }

  #rollInside(text: string, choices: ReadonlyMap<number, Choice>, range: TextSpan, place: Place): string {
    const inner = { ...place, depth: place.depth + 1 };
    return replaceRolls(text, choices, range, (found) => this.#roll(text, choices, found, inner));
  }

  #choose(text: string, choices: ReadonlyMap<number, Choice>, choice: Choice, place: Place): string | null {
    const written = text.slice(choice.open, choice.close + 1);
    return this.#record(written, place, () => {
      const options = optionsOf(text, choice);
      const quantity = quantityOf(text, choice);
      if (!quantity) return this.#rollInside(text, choices, pick(options, place.random), place);
      return pickSeveral(options, quantity, place.random)
        .map((option) => this.#rollInside(text, choices, option, place))
        .join(quantity.separator);
    });
  }

  #wildcard(name: string, place: Place): string | null {
    const { span } = place;
    if (place.within.includes(name)) {
      const names = [...place.within.slice(place.within.indexOf(name)), name];
      place.issues.push({ kind: 'wildcard-cycle', names, span });
      return null;
    }
    const lines = this.#lines(name);
    if (!lines || lines.length === 0) {
      place.issues.push({ kind: lines ? 'empty-wildcard' : 'unknown-wildcard', name, span });
      return null;
    }
    return this.#record(`__${name}__`, place, () => {
      const line = lines[Math.floor(place.random() * lines.length)]!;
      this.#budget -= line.length;
      const range = { start: 0, end: line.length };
      return this.#rollInside(line, findChoices(line), range, { ...place, within: [...place.within, name] });
    });
  }

  /** The lines that can be chosen: without empty ones and comments. Read once, so that a render sees one state of a file. */
  #lines(name: string): readonly string[] | null {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const lines = this.#linesOf(name)
      ?.map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    this.#files.set(name, lines ?? null);
    return lines ?? null;
  }

  /** Records a roll in order of appearance; null, with an issue, if it is nested too deeply or the text is too long. */
  #record(written: string, place: Place, roll: () => string): string | null {
    const { span } = place;
    if (place.depth > DEEPEST) {
      place.issues.push({ kind: 'wildcard-too-deep', span });
      return null;
    }
    if (this.#budget <= 0) {
      if (!place.issues.some(({ kind }) => kind === 'wildcard-too-long'))
        place.issues.push({ kind: 'wildcard-too-long', span });
      return null;
    }
    const index = this.#rolled.push({ written, chosen: '' }) - 1;
    // Every roll costs something, so that files that multiply come to an end even if they hold no text.
    this.#budget -= 1;
    const chosen = roll();
    this.#budget -= chosen.length;
    this.#rolled[index] = { written, chosen };
    return chosen;
  }
}

/** The context of a roll: the wildcards around it, its level, the part of the given text, its random numbers. */
interface Place {
  readonly within: readonly string[];
  readonly depth: number;
  readonly span: TextSpan;
  readonly issues: RollIssue[];
  readonly random: () => number;
}

/** A choice or a wildcard, and its place. */
type Rollable = TextSpan &
  ({ readonly choice: Choice; readonly wildcard: null } | { readonly choice: null; readonly wildcard: string });

/** Replaces each outermost choice and wildcard of a range; null keeps it as written. */
function replaceRolls(
  text: string,
  choices: ReadonlyMap<number, Choice>,
  range: TextSpan,
  replacement: (found: Rollable) => string | null,
): string {
  let out = '';
  let copied = range.start;
  for (const found of rollables(text, choices, range)) {
    out += text.slice(copied, found.start) + (replacement(found) ?? text.slice(found.start, found.end));
    copied = found.end;
  }
  return out + text.slice(copied, range.end);
}

function* rollables(text: string, choices: ReadonlyMap<number, Choice>, range: TextSpan): Generator<Rollable, void> {
  let at = range.start;
  let tagEnd = at;
  while (at < range.end) {
    if (text[at] === '<') tagEnd = Math.max(tagEnd, endOfTag(text, at));
    const found = rollableAt(text, choices, at, range.end, at < tagEnd);
    if (found) yield found;
    at = found?.end ?? at + (text[at] === '\\' ? 2 : 1);
  }
}

/** A tag, such as `<lora:my__style__v2:0.8>`. */
const TAG = /<\w+:[^<>]*>/y;

function endOfTag(text: string, at: number): number {
  TAG.lastIndex = at;
  return at + (TAG.exec(text)?.[0].length ?? 0);
}

/** @param inTag names in a tag can contain two underscores, so no wildcard begins there */
function rollableAt(
  text: string,
  choices: ReadonlyMap<number, Choice>,
  at: number,
  limit: number,
  inTag: boolean,
): Rollable | null {
  const choice = text[at] === '{' ? choices.get(at) : undefined;
  if (choice) return { choice, wildcard: null, start: at, end: choice.close + 1 };
  const wildcard = text[at] === '_' && !inTag ? wildcardAt(text, at) : null;
  if (!wildcard || wildcard.end > limit) return null;
  return { choice: null, wildcard: wildcard.name, start: at, end: wildcard.end };
}

/** One option by its weight; any if all weights are 0. */
function pick(options: readonly Option[], random: () => number): Option {
  const total = options.reduce((sum, { weight }) => sum + weight, 0);
  const even = total === 0;
  let left = random() * (even ? options.length : total);
  for (const option of options) {
    left -= even ? 1 : option.weight;
    if (left < 0) return option;
  }
  return options.at(-1)!;
}

/** Different options by their weight, as long as there are any. A single option, such as a wildcard, is rolled each time. */
function pickSeveral(options: readonly Option[], { least, most }: Quantity, random: () => number): Option[] {
  const count = least + Math.floor(random() * (most - least + 1));
  if (options.length === 1) return new Array<Option>(Math.min(count, MOST_REPEATED)).fill(options[0]!);
  const left = [...options];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const picked = pick(left, random);
    left.splice(left.indexOf(picked), 1);
    return picked;
  });
}

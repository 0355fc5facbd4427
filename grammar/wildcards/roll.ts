import type { TextSpan } from '../problem.ts';
import {
  type Choice,
  endOfTag,
  findChoices,
  type Option,
  optionsOf,
  type Quantity,
  quantityOf,
  wildcardAt,
} from './choices.ts';
import { type WildcardContent, wildcardContent } from './content.ts';
import { hashText, seededRandom } from './random.ts';

/** The file of a wildcard. */
export interface WildcardFile {
  /** Path in its folder, with `/`, without `.txt`. */
  readonly name: string;
  readonly lines: readonly string[];
}

/** The file of a wildcard, or the files that a pattern (`*`, `**`) matches; none if it is not found. */
export type WildcardFiles = (name: string) => readonly WildcardFile[];

/** What was written and what was chosen for it; nested ones follow the one that they are part of. */
export interface Rolled {
  readonly written: string;
  readonly chosen: string;
  /** It is part of an earlier one. */
  readonly nested?: true | undefined;
}

/** Why something could not be rolled and stays in the prompt as written. `span` is in the text given to `roll`. */
export interface RollIssue {
  readonly kind: 'wildcard-too-deep' | 'wildcard-too-long';
  readonly span: TextSpan;
}

export interface RolledText {
  readonly text: string;
  readonly issues: readonly RollIssue[];
  /** In the text given to `roll`: what was not rolled, because its choice is fixed. */
  readonly fixed: readonly TextSpan[];
}

/** Levels of choices and wildcards inside one another. */
export const DEEPEST = 32;
/** Characters that the wildcards and choices of one render may read from files and put into prompts. */
export const LONGEST = 200_000;

/** Rolls of the only option of a choice with a quantity. */
const MOST_REPEATED = 100;

/** Whether a text can hold wildcards or choices. Most prompts do not. */
export const mayRoll = (text: string): boolean => ROLLABLE.test(text);
const ROLLABLE = /\{|__/;

/**
 * Rolls the wildcards and choices (`{a|b}`) of a render, once. A roll depends on the seed, on what is written, and, if
 * one prompt contains the same several times, on which of them it is. So an edit elsewhere in the document changes no
 * roll, and the same wildcard at two keyframes has the same value. Choices and wildcards inside another are part of its
 * roll.
 */
export class WildcardRoller {
  readonly #seed: number;
  readonly #filesOf: WildcardFiles;
  readonly #rolled: Rolled[] = [];
  /** What is chosen for what is written, the first one last. */
  readonly #fixed = new Map<string, string[]>();
  readonly #files = new Map<string, readonly WildcardFile[]>();
  #budget = LONGEST;

  /**
   * @param filesOf what it does not find stays as written: `WildcardInspector` reports it
   * @param fixed what an earlier render rolled, in order of appearance, without nested ones: it is chosen again,
   *   whatever the seed and the files are now. What is not among it is rolled
   */
  constructor(seed: number, filesOf: WildcardFiles, fixed: readonly Rolled[] = []) {
    this.#seed = seed;
    this.#filesOf = filesOf;
    for (const { written, chosen } of fixed.toReversed()) {
      const before = this.#fixed.get(written);
      if (before) before.push(chosen);
      else this.#fixed.set(written, [chosen]);
    }
  }

  /** What was rolled so far, in order of appearance. */
  get rolled(): readonly Rolled[] {
    return this.#rolled;
  }

  /** @param text one prompt, head or tail line, or definition */
  roll(text: string): RolledText {
    if (!mayRoll(text)) return { text, issues: [], fixed: [] };
    const choices = findChoices(text);
    const issues: RollIssue[] = [];
    const fixed: TextSpan[] = [];
    const occurrences = new Map<string, number>();
    const whole = { start: 0, end: text.length };
    const rolled = replaceRolls(text, choices, whole, (found) => {
      const written = text.slice(found.start, found.end);
      const occurrence = occurrences.get(written) ?? 0;
      occurrences.set(written, occurrence + 1);
      const random = seededRandom(hashText([this.#seed, occurrence, written].join('\0')));
      const span = { start: found.start, end: found.end };
      const place = { within: [], depth: 1, span, issues, random };
      const chosen = this.#fixed.get(written)?.pop();
      if (chosen === undefined) return this.#roll(text, choices, found, place);
      fixed.push(span);
      return this.#record(written, place, () => chosen);
    });
    return { text: rolled, issues, fixed };
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
      if (!quantity) {
        return inContext(this.#rollInside(text, choices, pick(options, place.random), place), text, choice);
      }
      return pickSeveral(options, quantity, place.random)
        .map((option) => this.#rollInside(text, choices, option, place))
        .join(quantity.separator);
    });
  }

  #wildcard(name: string, place: Place): string | null {
    const { within } = place;
    const files = this.#filesNamed(name)
      .filter((file) => !within.includes(file.name))
      .map((file) => ({ name: file.name, ...wildcardContent(file.lines) }))
      .filter(({ choices }) => choices.length > 0);
    if (files.length === 0) return null;
    return this.#record(`__${name}__`, place, () => {
      const { text, file } = pickLine(files, place.random);
      this.#budget -= text.length;
      const range = { start: 0, end: text.length };
      return this.#rollInside(text, findChoices(text), range, { ...place, within: [...within, file] });
    });
  }

  /** Read once, so that a render sees one state of a file. */
  #filesNamed(name: string): readonly WildcardFile[] {
    const known = this.#files.get(name);
    if (known) return known;
    const files = this.#filesOf(name);
    this.#files.set(name, files);
    return files;
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
    const nested = place.depth > 1 && ({ nested: true } as const);
    const index = this.#rolled.push({ written, chosen: '' }) - 1;
    // Every roll costs something, so that files that multiply come to an end even if they hold no text.
    this.#budget -= 1;
    const chosen = roll();
    this.#budget -= chosen.length;
    this.#rolled[index] = { written, chosen, ...nested };
    return chosen;
  }
}

/** The context of a roll: the files around it, its level, the part of the given text, its random numbers. */
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

/** One choice of several files by its weight, and the name of its file. */
function pickLine(
  files: readonly ({ readonly name: string } & WildcardContent)[],
  random: () => number,
): { readonly text: string; readonly file: string } {
  if (!files.every(({ isEven }) => isEven)) {
    const all = files.flatMap(({ name, choices }) => choices.map(({ text, weight }) => ({ text, weight, file: name })));
    return pick(all, random);
  }
  // Long lists are common, and weights in them are rare.
  let left = Math.floor(random() * files.reduce((sum, { choices }) => sum + choices.length, 0));
  const file = files.find(({ choices }) => {
    if (left < choices.length) return true;
    left -= choices.length;
    return false;
  })!;
  return { text: file.choices[left]!.text, file: file.name };
}

/**
 * What a choice gave, without the spaces that would double one beside it, or precede punctuation there, as in
 * `a {red |blue }, b`. Others count: `{very |}big`.
 */
function inContext(chosen: string, text: string, { open, close }: Choice): string {
  const start = /[\s([]/.test(text[open - 1] ?? ' ') ? chosen.trimStart() : chosen;
  return /[\s,.;:)\]]/.test(text[close + 1] ?? ' ') ? start.trimEnd() : start;
}

/** One option by its weight; any if all weights are 0. */
function pick<T extends Pick<Option, 'weight'>>(options: readonly T[], random: () => number): T {
  const total = options.reduce((sum, { weight }) => sum + weight, 0);
  const even = total === 0;
  let left = random() * (even ? options.length : total);
  for (const option of options) {
    left -= even ? 1 : option.weight;
    if (left < 0) return option;
  }
  return options.at(-1)!;
}

/**
 * Different options by their weight, as long as there are any. A single option, such as a wildcard, is rolled each
 * time.
 */
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

import type { TextSpan } from '../problem.ts';
import { wildcardsIn } from './choices.ts';
import { wildcardContent } from './content.ts';
import type { WildcardFile, WildcardFiles } from './roll.ts';

/** Where a wildcard or a fault is written, if that is in a wildcard file. */
export interface FilePlace {
  /** Name of the wildcard. */
  readonly name: string;
  /** From 1. */
  readonly line: number;
}

interface Placed {
  /** In the text that was inspected: the wildcard that leads there. */
  readonly span: TextSpan;
}

/** What is wrong with a wildcard, or in a file that it leads to. `file` is null for what is written in the text. */
export type WildcardIssue = Placed &
  (
    | { readonly kind: 'unknown-wildcard'; readonly name: string; readonly file: FilePlace | null }
    | { readonly kind: 'empty-wildcard'; readonly name: string; readonly file: FilePlace | null }
    /** `names`: the files that lead back to the first of them. */
    | { readonly kind: 'wildcard-cycle'; readonly names: readonly string[]; readonly file: FilePlace }
    | { readonly kind: 'wildcard-conflict'; readonly marker: string; readonly file: FilePlace }
    | { readonly kind: 'wildcard-damaged'; readonly what: string; readonly file: FilePlace }
  );

/** Files inside one another that are followed. Rolls end much earlier (`DEEPEST`). */
const MOST_NESTED = 500;

/** Follows the wildcards of a document through all lines of their files, so that what it finds depends on no roll. */
export class WildcardInspector {
  readonly #filesOf: WildcardFiles;
  readonly #finished = new Set<string>();

  constructor(filesOf: WildcardFiles) {
    this.#filesOf = filesOf;
  }

  /**
   * The issues of one prompt. What is wrong in a file is reported for the first wildcard of the document that leads
   * there.
   *
   * @param text one prompt, head or tail line, or definition
   */
  inspect(text: string): WildcardIssue[] {
    return wildcardsIn(text).flatMap(({ name, start, end }) => {
      const issues: WildcardIssue[] = [];
      this.#follow(name, { span: { start, end }, file: null, path: [], issues });
      return issues;
    });
  }

  #follow(name: string, { span, file, path, issues }: Step): void {
    const files = this.#filesOf(name);
    // As in a roll, a pattern does not match the files that it is in.
    const others = files.filter((other) => !path.includes(other.name));
    if (files.length === 0) issues.push({ kind: 'unknown-wildcard', name, file, span });
    else if (others.length === 0) {
      const first = path.indexOf(files[0]!.name);
      issues.push({ kind: 'wildcard-cycle', names: [...path.slice(first), files[0]!.name], file: file!, span });
    } else if (others.every(({ lines }) => wildcardContent(lines).choices.length === 0)) {
      issues.push({ kind: 'empty-wildcard', name, file, span });
    }
    for (const other of others) this.#readFile(other, { span, path, issues });
  }

  #readFile({ name, lines }: WildcardFile, { span, path, issues }: Omit<Step, 'file'>): void {
    if (this.#finished.has(name) || path.length >= MOST_NESTED) return;
    const { conflicts, damage, uses } = wildcardContent(lines);
    for (const { line, what } of conflicts) {
      issues.push({ kind: 'wildcard-conflict', marker: what, file: { name, line }, span });
    }
    if (damage) issues.push({ kind: 'wildcard-damaged', what: damage.what, file: { name, line: damage.line }, span });
    const followed = new Set<string>();
    for (const use of uses) {
      if (followed.has(use.name)) continue;
      followed.add(use.name);
      this.#follow(use.name, { span, file: { name, line: use.line }, path: [...path, name], issues });
    }
    this.#finished.add(name);
  }
}

/** A wildcard on the way through the files. */
interface Step {
  readonly span: TextSpan;
  readonly file: FilePlace | null;
  /** The files around it. */
  readonly path: readonly string[];
  readonly issues: WildcardIssue[];
}

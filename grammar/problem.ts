import { z } from 'zod';
import type { MissingKind } from './clip/model-kinds.ts';

export const Severity = z.enum(['error', 'warning', 'information', 'hint']);
export type Severity = z.infer<typeof Severity>;

/** Half-open range of UTF-16 offsets in the document. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** The span of what has no place of its own in the document. */
export const FILE_START: TextSpan = { start: 0, end: 0 };

/**
 * A finding in a `.travel` file. `code` is stable and names a page in `docs/diagnostics/` and the check file that finds
 * it.
 */
export interface Problem {
  readonly code: `travel/${string}`;
  readonly severity: Severity;
  /** The first sentence, of at most twelve words, says what is wrong; then why it matters and what to do. */
  readonly message: string;
  readonly span: TextSpan;
  /** Other relevant places, such as the first of two duplicates. */
  readonly related?: readonly { readonly span: TextSpan; readonly message: string }[];
  /** The model that was not found; its name is null if the file names none. */
  readonly missingModel?: { readonly kind: MissingKind; readonly name: string | null };
  /** The best first. */
  readonly fixes?: readonly Fix[];
}

/** Replaces each span by its text. Spans do not overlap. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly span: TextSpan; readonly text: string }[];
  /** Whether applying it cannot change what the author meant. Such fixes are part of "fix all". */
  readonly mechanical: boolean;
  /**
   * Whether it is mechanical, but changes what is read at its problem: it makes a keyframe of text that was meant as
   * one.
   */
  readonly changesPrompt?: boolean;
  /** What it cannot carry over from another tool, one or more sentences each. Its edits do not write them. */
  readonly notes?: readonly string[];
}

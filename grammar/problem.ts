import { z } from 'zod';

export const Severity = z.enum(['error', 'warning', 'information', 'hint']);
export type Severity = z.infer<typeof Severity>;

/** Half-open range of UTF-16 offsets in the document. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * Something wrong, or worth knowing, in a `.travel` file. `code` is stable (`travel/key-beyond-end`) and names a page in
 * `docs/diagnostics/`.
 */
export interface Problem {
  readonly code: `travel/${string}`;
  readonly severity: Severity;
  /** What is wrong, why it matters and what to do, in one or two sentences. */
  readonly message: string;
  readonly span: TextSpan;
  /** A second place that matters, such as the first of two duplicates. */
  readonly related?: readonly { readonly span: TextSpan; readonly message: string }[];
  /** Ready-made repairs, the best first. */
  readonly fixes?: readonly Fix[];
}

/** A repair: replace each span by its text. Spans do not overlap. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly span: TextSpan; readonly text: string }[];
  /** True where applying it cannot change what the author meant; such fixes are part of "fix all". */
  readonly mechanical: boolean;
}

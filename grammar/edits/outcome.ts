import type { TextEdit } from '../format/format.ts';

/** What an edit of keyframes does to the text, after it was verified, or why it is not possible. */
export type EditOutcome = KeyframeEdits | Refusal;

export interface KeyframeEdits {
  readonly kind: 'edits';
  /** In the order of the text, without overlaps. Empty if nothing changes. */
  readonly edits: readonly TextEdit[];
  /** Where the cursor goes, in the edited text; null: it stays. */
  readonly cursor: number | null;
  /** What the edit does not change although it belongs to the clip, one sentence each. */
  readonly left: readonly string[];
}

export interface Refusal {
  readonly kind: 'refused';
  /** One sentence. */
  readonly reason: string;
}

export const refused = (reason: string): Refusal => ({ kind: 'refused', reason });

import type { Problem } from '../../problem.ts';
import type { TravelDocument } from '../../syntax/document.ts';
import { conflictMarkers } from '../../syntax/merge-conflicts.ts';
import { issueCheck } from '../issue-check.ts';

const CODE = 'travel/merge-conflict';

const ADVICE = 'Keep one of the sides, and delete the lines with <<<<<<<, ======= and >>>>>>>.';

/** The markers of a file that was not merged. Its other problems are not certain: two versions of it are mixed. */
export function conflictProblems({ text }: Pick<TravelDocument, 'text'>): Problem[] {
  return conflictMarkers(text).map((span) => ({
    code: CODE,
    severity: 'error',
    message: `Unresolved merge conflict: Git's “${text.slice(span.start, span.start + 7)}”. The file is not rendered, formatted or fixed. ${ADVICE}`,
    span,
  }));
}

/** Conflicts in files that the document extends. */
export const mergeConflict = issueCheck(CODE, ({ line }) => ({
  message: `Unresolved merge conflict at line ${line}. ${ADVICE}`,
}));

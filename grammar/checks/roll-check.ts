import type { ClipContext } from '../clip/context.ts';
import type { ClipRollIssue } from '../clip/wildcard-rolls.ts';
import type { Fix, Problem, Severity } from '../problem.ts';
import type { FilePlace } from '../wildcards/inspect.ts';
import type { Check } from './check.ts';

type Kind = ClipRollIssue['kind'];
type IssueOf<K extends Kind> = Extract<ClipRollIssue, { readonly kind: K }>;

/** What a check makes of an issue. */
interface Explained {
  readonly message: string;
  /** `error`, unless what was rolled still has a meaning. */
  readonly severity?: Severity;
  readonly fixes?: readonly Fix[];
}

/** A check that explains one kind of issue with wildcards and choices. */
export function rollCheck<K extends Kind>(
  code: `travel/${K}`,
  explain: (issue: IssueOf<K>, clip: ClipContext) => Explained,
): Check {
  const isOfKind = (issue: ClipRollIssue): issue is IssueOf<K> => `travel/${issue.kind}` === code;
  return {
    code,
    run: (clip) =>
      clip.prompts.rollIssues.filter(isOfKind).map((issue): Problem => {
        const { message, severity = 'error', fixes = [] } = explain(issue, clip);
        if (issue.extendedFile === undefined) return { code, severity, message, span: issue.span, fixes };
        return { code, severity, message: `In “${issue.extendedFile}”: ${message}`, span: issue.span };
      }),
  };
}

/** `herd/all.txt, line 1` */
export function fileLine({ name, line }: FilePlace): string {
  return `“${name}.txt”, line ${line}`;
}

/** A sentence for what is written in a wildcard file; empty for what is in the document. */
export function foundIn(file: FilePlace | null): string {
  return file ? ` It is in ${fileLine(file)}.` : '';
}

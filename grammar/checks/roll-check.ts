import type { Problem } from '../problem.ts';
import type { RollIssue } from '../wildcards/roll.ts';
import type { Check } from './check.ts';

type Kind = RollIssue['kind'];
type IssueOf<K extends Kind> = Extract<RollIssue, { readonly kind: K }>;

/** A check that explains one kind of roll that failed. */
export function rollCheck<K extends Kind>(code: `travel/${K}`, explain: (issue: IssueOf<K>) => string): Check {
  const isOfKind = (issue: RollIssue): issue is IssueOf<K> => `travel/${issue.kind}` === code;
  return {
    code,
    run: ({ prompts: { rollIssues } }) =>
      rollIssues.filter(isOfKind).map((issue): Problem => {
        const message = issue.file === undefined ? explain(issue) : `In “${issue.file}”: ${explain(issue)}`;
        return { code, severity: 'error', message, span: issue.span };
      }),
  };
}

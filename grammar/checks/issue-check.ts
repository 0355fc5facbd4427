import type { ClipContext } from '../clip/context.ts';
import type { Fix, Problem, Severity } from '../problem.ts';
import type { SettingIssue, SettingIssueKind, SettingIssueOf } from '../settings/issues.ts';
import type { Check } from './check.ts';

/** What a check makes of an issue. */
interface Explained {
  readonly message: string;
  /** `error`, unless the setting still has a meaning. */
  readonly severity?: Severity;
  readonly related?: Problem['related'];
  readonly fixes?: readonly Fix[];
}

/** A check that explains the issues of one kind, which were found while settings were read. */
export interface IssueCheck extends Check {
  /** @param clip of the file; without it, for settings that are in no file, there are fewer fixes */
  explainAll(issues: readonly SettingIssue[], clip?: ClipContext): Problem[];
}

export function issueCheck<Kind extends SettingIssueKind>(
  code: `travel/${Kind}`,
  explain: (issue: SettingIssueOf<Kind>, clip?: ClipContext) => Explained,
): IssueCheck {
  const isOfKind = (issue: SettingIssue): issue is SettingIssueOf<Kind> => `travel/${issue.kind}` === code;
  const explainAll = (issues: readonly SettingIssue[], clip?: ClipContext) =>
    issues.filter(isOfKind).map((issue): Problem => {
      const { span, file } = issue;
      const { message, severity = 'error', related = [], fixes = [] } = explain(issue, clip);
      // The places of related spans and fixes are in the other file.
      if (file !== undefined) return { code, severity, message: `In “${file}”: ${message}`, span };
      return { code, severity, message, span, related, fixes };
    });
  return { code, explainAll, run: (clip: ClipContext) => explainAll(clip.settingIssues, clip) };
}

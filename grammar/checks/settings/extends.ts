import type { SettingIssueOf } from '../../settings/issues.ts';
import { issueCheck } from '../issue-check.ts';

export const extendsCheck = issueCheck('travel/extends', (issue) => ({ message: messageOf(issue) }));

function messageOf(issue: SettingIssueOf<'extends'>): string {
  switch (issue.reason) {
    case 'too-many':
      return `Too many files extend one another. The limit is ${issue.limit}. Put their settings in fewer files.`;
    case 'unreadable':
      return `“${issue.name}” cannot be read, so its settings are missing. Check the path; it is relative to the file that names it.`;
    case 'cycle':
      return `“${issue.name}” extends itself, directly or through other files. Remove one \`extends\`.`;
  }
}

import type { Fix } from '../../problem.ts';
import type { SettingIssueOf } from '../../settings/issues.ts';
import { correctName } from '../check.ts';
import { escapeAdvice, escapeFixes } from '../escape-advice.ts';
import { issueCheck } from '../issue-check.ts';

/** Values that a message lists. */
const MOST_LISTED = 5;

export const settingValue = issueCheck('travel/setting-value', (issue) => ({
  message: messageOf(issue),
  fixes: fixesOf(issue),
}));

function fixesOf(issue: SettingIssueOf<'setting-value'>): Fix[] {
  if (issue.reason === 'choice') return correctName(issue.span, issue.meant);
  return issue.reason === 'control-character' && issue.unintended ? escapeFixes(issue.span, issue.unintended) : [];
}

function messageOf(issue: SettingIssueOf<'setting-value'>): string {
  const { name, written } = issue;
  switch (issue.reason) {
    case 'choice': {
      const question = issue.meant === null ? '' : ` Did you mean “${issue.meant}”?`;
      return `“${name}” cannot be ${written}.${question} ${valuesSentence(issue.choices)}`;
    }
    case 'empty':
      return `“${name}” is empty. Write a value, or remove the line.`;
    case 'control-character':
      return `“${name}” contains ${issue.character}. A path cannot contain control characters. ${issue.unintended ? escapeAdvice(issue.unintended) : 'Remove it.'}`;
    case 'no-position':
      return `“${name}” has no positions. Write at least one, as in {0: 7}.`;
    case 'video-source':
      return `“${name}” needs either \`source\` or \`path\`. \`source\` is a video file, \`path\` a folder of images.`;
    case 'other':
      return issue.message;
  }
}

function valuesSentence(choices: readonly string[]): string {
  const listed = choices.slice(0, MOST_LISTED).join(', ');
  if (choices.length <= MOST_LISTED) return `Valid values: ${listed}.`;
  return `Valid values include ${listed}; hover over the setting to see all ${choices.length}.`;
}

import type { ClipContext } from '../../clip/context.ts';
import type { Fix } from '../../problem.ts';
import { addSettings } from '../../settings/add-settings.ts';
import type { SettingIssueOf } from '../../settings/issues.ts';
import { correctName } from '../check.ts';
import { escapeAdvice, escapeFixes } from '../escape-advice.ts';
import { issueCheck } from '../issue-check.ts';
import { inOrder } from '../longer-clip.ts';

/** Values that a message lists. */
const MOST_LISTED = 5;

export const settingValue = issueCheck('travel/setting-value', (issue, clip) => ({
  message: messageOf(issue, clip),
  fixes: fixesOf(issue, clip),
}));

function fixesOf(issue: SettingIssueOf<'setting-value'>, clip?: ClipContext): Fix[] {
  if (issue.reason === 'choice') {
    const { span, meant } = issue;
    const schedule = scheduleOf(issue, clip);
    if (meant === null) return [];
    if (schedule === null) return correctName(span, meant);
    return clip ? samplerFix(clip, { span, text: meant }, schedule) : [];
  }
  return issue.reason === 'control-character' && issue.unintended ? escapeFixes(issue.span, issue.unintended) : [];
}

/** The schedule to write with a sampler; null: none, or another one is written. */
function scheduleOf({ schedule }: { readonly schedule?: string }, clip?: ClipContext): string | null {
  return clip && clip.settings.schedule !== 'automatic' ? null : (schedule ?? null);
}

/** The sampler alone would have another schedule. */
function samplerFix({ document, spans }: ClipContext, sampler: Fix['edits'][number], schedule: string): Fix[] {
  const written = spans.get('schedule')?.value;
  const edit = written ? { span: written, text: schedule } : addSettings(document, [['schedule', schedule]]);
  const title = `Change to “${sampler.text}” with the schedule “${schedule}”`;
  return edit ? [{ title, edits: inOrder([sampler, edit]), mechanical: false }] : [];
}

function messageOf(issue: SettingIssueOf<'setting-value'>, clip?: ClipContext): string {
  const { name, written } = issue;
  switch (issue.reason) {
    case 'choice': {
      const schedule = scheduleOf(issue, clip);
      if (schedule !== null) {
        return `“${name}” cannot be ${written}. Write \`sampler: ${issue.meant}\` and \`schedule: ${schedule}\`.`;
      }
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
  return `Valid values include ${listed}; docs/settings.md lists all ${choices.length}.`;
}

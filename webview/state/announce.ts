import * as l10n from '@vscode/l10n';
import type { Model } from './model.ts';
import { type Status, statusOf } from './status.ts';

/**
 * What a screen reader is told after a change; null: nothing. States are announced, and of progress only each quarter
 * of the steps.
 */
export function announcement(before: Model, after: Model): string | null {
  if (before.state === after.state && before.timeline === after.timeline) return null;
  const [old, now] = [statusOf(before), statusOf(after)];
  if (before.state?.kind !== after.state?.kind) {
    // Progress goes on by itself: only what the person has to know is said.
    return before.state === null ? null : join(now.title, now.detail);
  }
  if (after.state?.kind === 'sampling') return quarter(old, now);
  return now.tone !== 'busy' && (old.title !== now.title || old.detail !== now.detail)
    ? join(now.title, now.detail)
    : null;
}

function quarter(old: Status, now: Status): string | null {
  const [a, b] = [old.progress ?? 0, now.progress ?? 0].map((part) => Math.floor(part * 4));
  return b! > a! ? l10n.t('{0} % sampled', b! * 25) : null;
}

const join = (title: string, detail: string) => (detail === '' ? title : `${title}. ${detail}`);

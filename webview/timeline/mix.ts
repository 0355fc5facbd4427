import * as l10n from '@vscode/l10n';
import type { Timeline } from '../../protocol/timeline.ts';
import { type MixSource, mixAt } from '../../protocol/timeline-mix.ts';
import { shortText } from '../short-text.ts';

/** The keyframes of a frame with their shares above zero, the largest first. */
export function sharesAt(timeline: MixSource, frame: number): readonly { key: number; share: number }[] {
  const mix = mixAt(timeline, frame);
  if (mix === null) return [];
  if (mix.from === mix.to) return [{ key: mix.from, share: 1 }];
  return [
    { key: mix.from, share: 1 - mix.t },
    { key: mix.to, share: mix.t },
  ]
    .filter(({ share }) => share > 0.0005)
    .sort((a, b) => b.share - a.share);
}

/** `70 %`, never `0 %` of something that is there, nor `100 %` of something that is not alone. */
export function shareText(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 0 && share > 0) return '1 %';
  if (rounded === 100 && share < 1) return '99 %';
  return `${rounded} %`;
}

/** `70 % red hair, 30 % bun hair`; `no keyframes` without any. */
export function mixText(timeline: MixSource, frame: number, negative = false): string {
  const shares = sharesAt(timeline, frame);
  if (shares.length === 0) return negative ? l10n.t('no negative prompt of a keyframe') : l10n.t('no keyframes');
  return shares.map(({ key, share }) => `${shareText(share)} ${keyText(timeline, key, negative)}`).join(', ');
}

function keyText(timeline: Pick<Timeline, 'keys'>, key: number, negative: boolean): string {
  const text = negative ? timeline.keys[key]?.negative : timeline.keys[key]?.text;
  return shortText(text ?? '') || l10n.t('empty prompt');
}

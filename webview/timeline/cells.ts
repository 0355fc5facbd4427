import * as l10n from '@vscode/l10n';
import type { Timeline } from '../../protocol/timeline.ts';
import { shortText } from '../short-text.ts';
import { type Lane, numberText, valueAt } from './lanes.ts';
import { mixText } from './mix.ts';
import type { StepWindow } from './window-rows.ts';

/** What the film shows of a frame. */
export type FrameLook = 'none' | 'noise' | 'decoded' | 'outdated';

const LOOKS: Readonly<Record<FrameLook, string>> = {
  none: l10n.t('not rendered'),
  noise: l10n.t('being rendered'),
  decoded: l10n.t('rendered'),
  outdated: l10n.t('out of date'),
};

export interface CellContext {
  readonly timeline: Timeline;
  readonly windows: readonly StepWindow[];
  readonly look: (frame: number) => FrameLook;
  /** Default: no frame has one. */
  readonly hasSource?: (frame: number) => boolean;
}

/** What a screen reader says of a lane at a frame: `frame 12, 70 % red hair, 30 % bun hair`. */
export function cellText(context: CellContext, lane: Lane, frame: number): string {
  return l10n.t('frame {0}, {1}', frame, contentText(context, lane, frame));
}

function contentText(
  { timeline, windows, look, hasSource = () => false }: CellContext,
  lane: Lane,
  frame: number,
): string {
  switch (lane.kind) {
    case 'ruler':
      return l10n.t('{0} seconds', (frame / timeline.fps).toFixed(2));
    case 'frames':
      return LOOKS[look(frame)];
    case 'source':
      return hasSource(frame) ? l10n.t('source frame') : l10n.t('no source frame');
    case 'keys':
      return keyText(timeline, frame);
    case 'prompts':
      return mixText(timeline, frame);
    case 'negative':
      return mixText(timeline, frame, true);
    case 'value':
      return `${lane.label} ${lane.value === null ? '' : numberText(valueAt(lane.value, frame))}`;
    case 'windows': {
      const covering = windows.filter((window) => covers(window, frame, timeline.frames)).length;
      return covering === 1 ? l10n.t('1 window') : l10n.t('{0} windows', covering);
    }
    case 'problems':
      return (
        timeline.problems
          .filter((problem) => problem.frame === frame)
          .map(({ severity, message }) => `${severity}: ${shortText(message)}`)
          .join(' ') || l10n.t('no problems')
      );
  }
}

function keyText({ keys }: Timeline, frame: number): string {
  const index = keys.findIndex((key) => key.frame <= frame && frame <= key.holdEnd);
  const key = keys[index];
  if (key === undefined) return l10n.t('no keyframe');
  const { transition, holdEnd } = key;
  const values = { number: index + 1, prompt: shortText(key.text) || l10n.t('empty prompt'), transition, holdEnd };
  if (key.frame !== frame) return l10n.t('keyframe {number}, {prompt}, held', values);
  if (holdEnd === key.frame) return l10n.t('keyframe {number}, {prompt}, transition {transition}', values);
  return l10n.t('keyframe {number}, {prompt}, transition {transition}, held through frame {holdEnd}', values);
}

function covers({ start, stride, length }: StepWindow, frame: number, frames: number): boolean {
  const offset = (frame - start + frames) % frames;
  return offset % stride === 0 && offset / stride < length;
}

import type { Timeline } from '../../protocol/timeline.ts';
import { shortText } from '../short-text.ts';
import { type Lane, numberText, valueAt } from './lanes.ts';
import { mixText } from './mix.ts';
import type { StepWindow } from './window-rows.ts';

/** What the film shows of a frame. */
export type FrameLook = 'none' | 'noise' | 'decoded' | 'outdated';

const LOOKS: Readonly<Record<FrameLook, string>> = {
  none: 'not rendered',
  noise: 'being rendered',
  decoded: 'rendered',
  outdated: 'out of date',
};

export interface CellContext {
  readonly timeline: Timeline;
  readonly windows: readonly StepWindow[];
  readonly look: (frame: number) => FrameLook;
}

/** What a screen reader says of a lane at a frame: `frame 12, 70 % red hair, 30 % bun hair`. */
export function cellText({ timeline, windows, look }: CellContext, lane: Lane, frame: number): string {
  return `frame ${frame}, ${contentText({ timeline, windows, look }, lane, frame)}`;
}

function contentText({ timeline, windows, look }: CellContext, lane: Lane, frame: number): string {
  switch (lane.kind) {
    case 'ruler':
      return `${(frame / timeline.fps).toFixed(2)} seconds`;
    case 'frames':
      return LOOKS[look(frame)];
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
      return covering === 1 ? '1 window' : `${covering} windows`;
    }
    case 'problems':
      return (
        timeline.problems
          .filter((problem) => problem.frame === frame)
          .map(({ severity, message }) => `${severity}: ${shortText(message)}`)
          .join(' ') || 'no problems'
      );
  }
}

function keyText({ keys }: Timeline, frame: number): string {
  const index = keys.findIndex((key) => key.frame <= frame && frame <= key.holdEnd);
  const key = keys[index];
  if (key === undefined) return 'no keyframe';
  const text = `keyframe ${index + 1}, ${shortText(key.text) || 'empty prompt'}`;
  if (key.frame !== frame) return `${text}, held`;
  const hold = key.holdEnd > key.frame ? `, held through frame ${key.holdEnd}` : '';
  return `${text}, transition ${key.transition}${hold}`;
}

function covers({ start, stride, length }: StepWindow, frame: number, frames: number): boolean {
  const offset = (frame - start + frames) % frames;
  return offset % stride === 0 && offset / stride < length;
}

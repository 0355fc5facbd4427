import { describe, expect, it } from 'vitest';
import { type CellContext, cellText } from '../../../webview/timeline/cells.ts';
import { layOutLanes } from '../../../webview/timeline/lanes.ts';
import { mixText, shareText } from '../../../webview/timeline/mix.ts';
import { portraitTimeline, richTimeline } from '../page/timelines.ts';

const context: CellContext = {
  timeline: richTimeline(),
  windows: [
    { start: 0, stride: 1, length: 16 },
    { start: 28, stride: 1, length: 16 },
    { start: 1, stride: 2, length: 4 },
  ],
  look: (frame) => (frame < 5 ? 'decoded' : 'noise'),
};
const { lanes } = layOutLanes(context.timeline, { folded: false, stacked: false, windowRows: 2 });
const read = (lane: string, frame: number) => cellText(context, lanes.find(({ id }) => id === lane)!, frame);

describe('cells', () => {
  it('read like a sentence', () => {
    expect(mixText(portraitTimeline(), 12)).toBe('70 % red hair, 30 % (bun hair:1.3)');
    expect(read('prompts', 7)).toBe('frame 7, 50 % spring meadow, morning light, 50 % summer, <lora:add_detail:0.8>');
    expect(read('keys', 18)).toBe('frame 18, keyframe 3, autumn leaves, transition cut, held through frame 22');
    expect(read('keys', 20)).toBe('frame 20, keyframe 3, autumn leaves, held');
    expect(read('keys', 12)).toBe('frame 12, no keyframe');
    expect(read('frames', 4)).toBe('frame 4, rendered');
    expect(read('frames', 5)).toBe('frame 5, being rendered');
    expect(read('value lora add_detail', 10)).toBe('frame 10, add_detail 0.8');
    expect(read('problems', 18)).toMatch(/^frame 18, warning: The LoRA/);
    expect(read('ruler', 12)).toBe('frame 12, 1.50 seconds');
  });

  it('count windows, also around the end of the clip and with a stride', () => {
    expect(read('windows', 3)).toBe('frame 3, 3 windows');
    expect(read('windows', 2)).toBe('frame 2, 2 windows');
    expect(read('windows', 20)).toBe('frame 20, 0 windows');
  });

  it('never round a share to nothing or to all', () => {
    expect([0, 0.001, 0.5, 0.999, 1].map(shareText)).toEqual(['0 %', '1 %', '50 %', '99 %', '100 %']);
  });
});

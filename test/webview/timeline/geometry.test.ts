import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Timeline, TimelineKey } from '../../../protocol/timeline.ts';
import {
  axisOf,
  frameAt,
  leftOf,
  panSpan,
  pixelsPerFrame,
  revealFrame,
  xOf,
  zoomSpan,
} from '../../../webview/timeline/axis.ts';
import { blendOf } from '../../../webview/timeline/curves.ts';
import { worstAtPlaces } from '../../../webview/timeline/draw/draw-rows.ts';
import { filmSlots } from '../../../webview/timeline/film.ts';
import { hitTest } from '../../../webview/timeline/hit.ts';
import { keyLabels } from '../../../webview/timeline/key-labels.ts';
import { countText, marksOf, shorten } from '../../../webview/timeline/marks.ts';
import { layOutTimeline } from '../../../webview/timeline/scene.ts';
import { rulerTicks, seconds, tickLabels } from '../../../webview/timeline/ticks.ts';
import { packWindows } from '../../../webview/timeline/window-rows.ts';
import { hugeTimeline, portraitTimeline, richTimeline } from '../page/timelines.ts';

const measure = (text: string) => text.length * 6;
const layout = (timeline: Timeline, width = 800) =>
  layOutTimeline(timeline, { span: null, width, folded: false, stacked: false, windows: [], drag: null });

const key = (frame: number, part: Partial<TimelineKey> = {}): TimelineKey => ({
  line: frame,
  index: frame,
  frame,
  holdEnd: frame,
  transition: 'linear',
  text: `prompt ${frame}`,
  negative: '',
  ...part,
});

describe('the axis', () => {
  it('finds the frame of every pixel of its cell, and only of its cell', () => {
    const axis = axisOf(null, 32, 640);
    for (let frame = 0; frame < 32; frame++) {
      expect(frameAt(axis, leftOf(axis, frame) + 0.01, 32)).toBe(frame);
      expect(frameAt(axis, xOf(axis, frame), 32)).toBe(frame);
      expect(frameAt(axis, leftOf(axis, frame + 1) - 0.01, 32)).toBe(frame);
    }
  });

  it('stays inside the clip', () => {
    const axis = axisOf(null, 32, 640);
    expect([frameAt(axis, -50, 32), frameAt(axis, 9999, 32)]).toEqual([0, 31]);
  });

  it('keeps the place under the pointer while it zooms', () => {
    const axis = axisOf(null, 1000, 800);
    const zoomed = axisOf(zoomSpan(axis, 1000, 300, 4), 1000, 800);
    expect(zoomed.start + 300 / pixelsPerFrame(zoomed)).toBeCloseTo(375, 6);
  });

  it('shows the whole clip when it is zoomed out, and never less than four frames', () => {
    const axis = axisOf({ start: 10, end: 20 }, 100, 800);
    expect(zoomSpan(axis, 100, 400, 0.01)).toBeNull();
    expect(zoomSpan(axis, 100, 400, 1e6)).toEqual({ start: 13, end: 17 });
    expect(zoomSpan(axisOf(null, 2, 800), 2, 400, 10)).toBeNull();
  });

  it('pans inside the clip', () => {
    const axis = axisOf({ start: 10, end: 20 }, 100, 800);
    expect(panSpan(axis, 100, -50)).toEqual({ start: 0, end: 10 });
    expect(panSpan(axis, 100, 500)).toEqual({ start: 90, end: 100 });
  });

  it('moves only as far as a frame needs to be visible', () => {
    const span = { start: 10, end: 20 };
    expect(revealFrame(span, 100, 15)).toBe(span);
    expect(revealFrame(span, 100, 5)).toEqual({ start: 5, end: 15 });
    expect(revealFrame(span, 100, 30)).toEqual({ start: 21, end: 31 });
  });

  it('of a longer clip is cut off for a shorter one', () => {
    expect(axisOf({ start: 500, end: 600 }, 32, 100)).toEqual({ start: 0, end: 32, width: 100 });
    expect(axisOf({ start: 500, end: 516 }, 32, 100)).toEqual({ start: 16, end: 32, width: 100 });
  });
});

describe('marks', () => {
  it('are keyframes as long as they can be told apart', () => {
    const { marks } = layout(portraitTimeline());
    expect(marks.map((mark) => mark.kind)).toEqual(['key', 'key', 'key', 'key']);
  });

  it('have every keyframe once, in order, however dense they are', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(500), { maxLength: 200 }),
        fc.integer({ min: 50, max: 2000 }),
        (frames, width) => {
          const keys = frames.toSorted((a, b) => a - b).map((frame) => key(frame));
          const marks = marksOf(keys, axisOf(null, 501, width));
          const covered = marks.flatMap((mark) =>
            mark.kind === 'key'
              ? [mark.key]
              : Array.from({ length: mark.last - mark.first + 1 }, (_, i) => mark.first + i),
          );
          expect(covered).toEqual(keys.map((_, index) => index));
        },
      ),
    );
  });

  it('of 20,000 keyframes are as many as fit', () => {
    const { marks } = layout(hugeTimeline(), 1000);
    expect(marks.length).toBeLessThan(60);
    expect(marks.reduce((sum, mark) => sum + (mark.kind === 'key' ? 1 : mark.last - mark.first + 1), 0)).toBe(20_000);
  });

  it('count in few characters', () => {
    expect([2, 999, 1234, 20_000].map(countText)).toEqual(['2', '999', '1.2k', '20k']);
  });
});

describe('labels', () => {
  it('never overlap each other or a diamond', () => {
    const frames = fc.uniqueArray(fc.nat(99), { minLength: 1, maxLength: 30 });
    const texts = fc.array(fc.string({ maxLength: 40 }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(frames, texts, fc.integer({ min: 150, max: 1500 }), fc.nat(20), (positions, prompts, width, hold) => {
        const sorted = positions.toSorted((a, b) => a - b);
        const keys = sorted.map((frame, index) =>
          key(frame, {
            text: prompts[index]!,
            transition: index % 3 === 0 ? 'ease-in-out' : 'linear',
            holdEnd: Math.min(frame + hold, (sorted[index + 1] ?? 100) - 1),
          }),
        );
        const marks = marksOf(keys, axisOf(null, 100, width));
        const labels = keyLabels(keys, marks, width, measure).map(({ left, width: size }) => [left, left + size]);
        const diamonds = marks.map((mark) => [mark.x - 8, (mark.kind === 'group' ? mark.endX : mark.x) + 8]);
        for (const [i, label] of labels.entries()) {
          for (const other of [...diamonds, ...labels.filter((_, j) => j !== i)]) {
            expect(label[1]! <= other[0]! || label[0]! >= other[1]!).toBe(true);
          }
        }
      }),
    );
  });

  it('are beside their keyframe, also at the end of the clip', () => {
    const { keys, marks } = layout(portraitTimeline());
    const texts = keyLabels(keys, marks, 800, measure).map(({ text }) => text);
    expect(texts).toContain('red hair');
    expect(texts).toContain('crying, tears');
  });

  it('name transitions that are not linear', () => {
    const { keys, marks } = layout(richTimeline(), 1600);
    const transitions = keyLabels(keys, marks, 1600, measure).filter(({ kind }) => kind === 'transition');
    expect(transitions.map(({ text }) => text)).toEqual(['ease-in-out', 'cut', 'ease-in']);
  });

  it('are cut off with three dots, or not shown', () => {
    expect(shorten('crying, tears', 60, measure)).toBe('crying, t…');
    expect(shorten('crying, tears', 20, measure)).toBe('');
  });
});

describe('the ruler', () => {
  it('has labels that never overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 40, max: 2000 }), (frames, width) => {
        const axis = axisOf(null, frames, width);
        const labels = tickLabels(rulerTicks(axis, frames, 8, measure), width, measure);
        for (const [i, label] of labels.entries()) {
          if (i > 0) expect(label.left).toBeGreaterThan(labels[i - 1]!.right);
          expect(label.right).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});

it('times are as long as they need to be', () => {
  expect([seconds(1.5, 2), seconds(59.99), seconds(125), seconds(65, 0), seconds(7505, 0)]).toEqual([
    ...['1.50 s', '1:00.0', '2:05.0', '1:05', '2:05:05'],
  ]);
});

describe('the film', () => {
  it('covers every frame once', () => {
    for (const [frames, width] of [
      [32, 1000],
      [32, 300],
      [5000, 900],
      [1, 400],
    ] as const) {
      const slots = filmSlots(axisOf(null, frames, width), frames);
      expect(slots[0]!.frame).toBe(0);
      expect(slots.at(-1)!.lastFrame).toBe(frames - 1);
      for (const [i, slot] of slots.entries()) if (i > 0) expect(slot.frame).toBe(slots[i - 1]!.lastFrame + 1);
      expect(slots.length).toBeLessThan(width / 12 + 2);
    }
  });
});

describe('the blend', () => {
  const blend = (timeline: Timeline, width = 800) => blendOf(timeline, axisOf(null, timeline.frames, width));

  it('has a curve for each keyframe, with its share', () => {
    const result = blend(portraitTimeline());
    if (result.kind !== 'curves') throw new Error('Curves were expected.');
    expect(result.curves.map((curve) => curve.key)).toEqual([0, 1, 2, 3]);
    const second = result.curves[1]!.points.map(({ y }) => y);
    expect(Math.max(...second)).toBe(1);
    expect([second[0], second.at(-1)]).toEqual([0, 0]);
  });

  it('is vertical at a cut', () => {
    const result = blend(richTimeline());
    if (result.kind !== 'curves') throw new Error('Curves were expected.');
    const [a, b] = result.curves.find((curve) => curve.key === 2)!.points;
    expect(a!.x).toBe(b!.x);
    expect([a!.y, b!.y]).toEqual([0, 1]);
  });

  it('has two parts for the first prompt of a closed loop', () => {
    const timeline = { keys: [key(0), key(4)], frames: 8, mix: { closed: true, plain: null } };
    const result = blendOf(timeline, axisOf(null, 8, 800));
    expect(result.kind === 'curves' && result.curves.filter((curve) => curve.key === 0)).toHaveLength(2);
  });

  it('of 20,000 keyframes is columns', () => {
    const result = blend(hugeTimeline());
    expect(result.kind).toBe('columns');
    expect(result.kind === 'columns' && result.columns.length).toBeLessThanOrEqual(402);
  });
});

describe('context windows', () => {
  it('share a row if they do not overlap', () => {
    const { parts, rows } = packWindows(
      [
        { start: 0, stride: 1, length: 16 },
        { start: 12, stride: 1, length: 16 },
        { start: 16, stride: 1, length: 16 },
      ],
      32,
    );
    expect(parts.map(({ row }) => row)).toEqual([0, 1, 0]);
    expect(rows).toBe(2);
  });

  it('around the end of the clip have two parts', () => {
    const { parts } = packWindows([{ start: 28, stride: 1, length: 8 }], 32);
    expect(parts.map(({ frames }) => frames)).toEqual([
      [28, 29, 30, 31],
      [0, 1, 2, 3],
    ]);
  });

  it('are at most six rows', () => {
    const many = Array.from({ length: 40 }, (_, start) => ({ start, stride: 1, length: 60 }));
    expect(packWindows(many, 100)).toMatchObject({ rows: 6, hidden: 34 });
  });
});

describe('hitTest', () => {
  const scene = layout(richTimeline(), 960);
  const top = (kind: string) => scene.layout.lanes.find((lane) => lane.kind === kind)!.top + 8;

  it('finds keyframes, ends of holds, problems and frames', () => {
    expect(hitTest(scene, xOf(scene.axis, 10), top('keys'))).toEqual({ kind: 'key', key: 1 });
    expect(hitTest(scene, xOf(scene.axis, 4), top('keys'))).toEqual({ kind: 'holdEnd', key: 0 });
    expect(hitTest(scene, xOf(scene.axis, 18), top('problems'))).toMatchObject({ kind: 'problems', frame: 18 });
    expect(hitTest(scene, 4, top('problems'))).toMatchObject({ kind: 'problems', frame: null });
    expect(hitTest(scene, xOf(scene.axis, 7), top('ruler'))).toEqual({ kind: 'lane', lane: 'ruler', frame: 7 });
    expect(hitTest(scene, 5, 9999)).toBeNull();
  });

  it('finds groups', () => {
    const huge = layout(hugeTimeline(), 960);
    const keys = huge.layout.lanes.find((lane) => lane.kind === 'keys')!;
    expect(hitTest(huge, 400, keys.top + 8)?.kind).toBe('group');
  });
});

describe('lanes', () => {
  const kinds = (folded: boolean) =>
    layOutTimeline(richTimeline(), {
      span: null,
      width: 400,
      folded,
      stacked: true,
      windows: [{ start: 0, stride: 1, length: 16 }],
      drag: null,
    }).layout;

  it('are all there, or only the film and the prompts', () => {
    expect(kinds(false).lanes.map(({ kind }) => kind)).toEqual([
      ...['ruler', 'frames', 'keys', 'problems', 'prompts', 'negative'],
      ...['value', 'value', 'value', 'windows'],
    ]);
    expect(kinds(true).lanes.map(({ kind }) => kind)).toEqual(['ruler', 'frames', 'keys', 'problems', 'prompts']);
    expect(kinds(true).hidden).toBe(5);
  });

  it('never overlap', () => {
    for (const folded of [true, false]) {
      const { lanes } = kinds(folded);
      for (const [i, lane] of lanes.entries()) {
        if (i > 0) expect(lane.top).toBeGreaterThanOrEqual(lanes[i - 1]!.top + lanes[i - 1]!.height);
      }
    }
  });
});

describe('problems at one place', () => {
  it('show the worst, which is the first', () => {
    const problems = ['error', 'warning', 'hint', 'warning elsewhere', 'outside'].map((name, i) => ({
      name,
      x: [10, 10.1, 9.9, 30, 500][i]!,
    }));
    expect(worstAtPlaces(problems, -8, 108).map(({ name }) => name)).toEqual(['error', 'warning elsewhere']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fadeShares } from '../../../grammar/time/image-fade.ts';
import { fpsOfSameDuration } from '../../../grammar/time/interpolation.ts';
import { outputOrder } from '../../../grammar/time/order.ts';
import { formatPosition, frameOf, parseHold, parsePosition } from '../../../grammar/time/position.ts';
import { valueOverTime } from '../../../grammar/time/schedule.ts';
import { ease, NAMED_EASINGS, parseEasing } from '../../../plan/easing.ts';
import { shownFrames, webuiInBetweens } from '../../../plan/interpolation.ts';

describe('positions', () => {
  it.each([
    ['15', 15],
    ['08', 8],
    ['-1', 31],
    ['-32', 0],
    ['-33', -1],
    ['-0', 0],
    ['0%', 0],
    ['50%', 16],
    ['100%', 31],
    ['1.5s', 12],
    ['0.1875s', 2],
    ['250ms', 2],
    ['1000ms', 8],
    ['99s', 792],
  ])('%s of 32 frames at 8 fps is frame %i', (text, frame) => {
    expect(frameOf(parsePosition(text)!, { frames: 32, fps: 8 })).toBe(frame);
  });

  it('rounds halves up despite the error of doubles', () => {
    expect(1.005 * 1100).toBeLessThan(1105.5);
    expect(frameOf(parsePosition('1.005s')!, { frames: 1, fps: 1100 })).toBe(1106);
  });

  it.each(['', '1.5', '--1', '1 s', '5%%', '50 %', '１', 'abc', '1e3', '-1s', '0-', '0-8-9'])(
    '%j is no position',
    (text) => {
      expect(parsePosition(text)).toBeNull();
    },
  );

  it.each([
    ['0-8', '0', '8'],
    ['-4--1', '-4', '-1'],
    ['10%-1.5s', '10%', '1.5s'],
    ['7', '7', null],
  ])('reads the hold %s', (text, from, through) => {
    const hold = parseHold(text)!;
    expect(formatPosition(hold.from)).toBe(from);
    expect(hold.through && formatPosition(hold.through)).toBe(through);
  });

  it('does not read a hold from part of one', () => {
    for (const text of ['0-', '-', '0-x', '1-2-3', '0 - 8']) expect(parseHold(text)).toBeNull();
  });
});

describe('easing', () => {
  it('has the values of CSS', () => {
    // The curves solved by bisection with 40 decimal digits.
    const at = (text: string, x: number) => {
      const parsed = parseEasing(text);
      return parsed.ok ? ease(parsed.easing, x) : Number.NaN;
    };
    expect(at('ease', 0.5)).toBeCloseTo(0.802403387584857, 10);
    expect(at('ease-in', 0.5)).toBeCloseTo(0.3153568125725393, 10);
    expect(at('ease-out', 0.5)).toBeCloseTo(1 - 0.3153568125725393, 10);
    expect(at('ease-in-out', 0.5)).toBeCloseTo(0.5, 12);
    expect(at('cubic-bezier(0, 0, 1, 1)', 0.3)).toBeCloseTo(0.3, 12);
    expect(at('cubic-bezier( .3,-1 , 0.7,2)', 0.5)).toBeCloseTo(0.5, 12);
    expect(at('linear', 0.3)).toBe(0.3);
    expect(at('cut', 0.999)).toBe(0);
  });

  it('starts at 0, ends at 1 and never decreases if the control points are in [0, 1]', () => {
    const inside = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(inside, inside, inside, inside, inside, inside, (x1, y1, x2, y2, a, b) => {
        const curve = { kind: 'bezier', x1, y1, x2, y2 } as const;
        const [early, late] = [Math.min(a, b), Math.max(a, b)];
        expect(ease(curve, 0)).toBe(0);
        expect(ease(curve, 1)).toBe(1);
        expect(ease(curve, early)).toBeLessThanOrEqual(ease(curve, late) + 1e-12);
      }),
    );
  });

  it('reads its own names', () => {
    for (const [name, easing] of NAMED_EASINGS) expect(parseEasing(` ${name} `)).toEqual({ ok: true, easing });
  });

  it.each([
    '',
    'eased',
    'Ease',
    'cubic-bezier(1, 2, 3)',
    'cubic-bezier(a, 0, 1, 1)',
    'cubic-bezier(1.1, 0, 1, 1)',
    'cubic-bezier(0, 0, -0.1, 1)',
    'cubic-bezier(0,0,1,1',
  ])('explains the mistake in %j', (text) => {
    expect(parseEasing(text)).toEqual({ ok: false, message: expect.stringMatching(/\w/) });
  });
});

describe('values over time', () => {
  const time = { frames: 5, fps: 2 };

  it('are one value, or linear between positions', () => {
    expect(valueOverTime(7, time)).toEqual([7, 7, 7, 7, 7]);
    expect(valueOverTime({ '1': 0, '-2': 1 }, time)).toEqual([0, 0, 0.5, 1, 1]);
    expect(valueOverTime({ '50%': 2, '0': 1 }, time)).toEqual([1, 1.5, 2, 2, 2]);
    expect(valueOverTime({ '0-2': 1, '2s': 3 }, time)).toEqual([1, 1, 1, 2, 3]);
  });

  it('use a position past the end for the slope', () => {
    expect(valueOverTime({ '0': 0, '8': 8 }, time)).toEqual([0, 1, 2, 3, 4]);
  });

  it('stay within the given values', () => {
    const map = fc.dictionary(
      fc.oneof(
        fc.nat(40).map(String),
        fc.nat(100).map((p) => `${p}%`),
        fc.integer({ min: 1, max: 40 }).map((n) => `-${n}`),
      ),
      fc.double({ min: -5, max: 5, noNaN: true }),
      { minKeys: 1 },
    );
    fc.assert(
      fc.property(map, fc.integer({ min: 1, max: 30 }), (values, frames) => {
        const [low, high] = [Math.min(...Object.values(values)), Math.max(...Object.values(values))];
        const all = valueOverTime(values, { frames, fps: 8 });
        expect(all).toHaveLength(frames);
        expect(all.every((value) => value >= low - 1e-9 && value <= high + 1e-9)).toBe(true);
      }),
    );
  });
});

describe('output order', () => {
  const order = (frames: number, closedLoop: 'N' | 'A', ...reverse: ('add' | 'remove_head' | 'remove_tail')[]) =>
    outputOrder({ frames, context: 16, closedLoop, reverse })
      .map((frame) => frame + 1)
      .join(' ');

  it('reverses as described in the guide', () => {
    expect(order(4, 'N')).toBe('1 2 3 4');
    expect(order(4, 'N', 'add')).toBe('1 2 3 4 4 3 2 1');
    expect(order(4, 'N', 'add', 'remove_head')).toBe('1 2 3 4 4 3 2');
    expect(order(4, 'N', 'add', 'remove_tail')).toBe('1 2 3 4 3 2 1');
    expect(order(4, 'N', 'remove_tail', 'remove_head', 'add')).toBe('1 2 3 4 3 2');
    expect(order(4, 'N', 'remove_head')).toBe('1 2 3 4');
    expect(order(1, 'N', 'add', 'remove_head', 'remove_tail')).toBe('1');
  });

  it('closes a clip no longer than the context by playing its inner frames backward', () => {
    expect(order(4, 'A')).toBe('1 2 3 4 3 2');
    expect(outputOrder({ frames: 16, context: 16, closedLoop: 'A', reverse: [] })).toHaveLength(30);
    expect(outputOrder({ frames: 17, context: 16, closedLoop: 'A', reverse: [] })).toHaveLength(17);
    expect(order(2, 'A')).toBe('1 2');
    expect(order(1, 'A')).toBe('1');
  });
});

it('counts interpolated frames', () => {
  const order = Array.from({ length: 16 }, (_, i) => i);
  expect(shownFrames({ order, interpolation: { count: 10, closed: false } })).toBe(166);
  expect(fpsOfSameDuration(16, 166, 8)).toBe(83);
  expect([webuiInBetweens(16, 10), webuiInBetweens(3, 2), webuiInBetweens(1, 10)]).toEqual([10, 2, 0]);
});

it('fades images so that their shares never add up to more than 1', () => {
  const fade = fc.record({
    power: fc.double({ min: 0.1, max: 10, noNaN: true }),
    scale: fc.double({ min: 1, max: 128, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 64 }), fade, fade, (frames, first, last) => {
      const shares = fadeShares(frames, first, last);
      expect([shares.first[0], shares.first.at(-1), shares.last?.[0], shares.last?.at(-1)]).toEqual([1, 0, 0, 1]);
      for (const [i, share] of shares.first.entries()) expect(share + shares.last![i]!).toBeLessThanOrEqual(1 + 1e-12);
    }),
  );
});

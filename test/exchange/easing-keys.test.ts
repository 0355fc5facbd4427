import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knotsOf, withEasingAsKeys } from '../../exchange/easing-keys.ts';
import { exportTravel } from '../../exchange/export.ts';
import { importTravel } from '../../exchange/import.ts';
import { TARGET_NAMES, type TargetName } from '../../exchange/target.ts';
import { viewOf } from '../../exchange/view.ts';
import { effectiveSettings } from '../../grammar/clip/effective-settings.ts';
import { parseTravel } from '../../grammar/syntax/parse.ts';
import { ease, easingOf } from '../../plan/easing.ts';
import { testEnvironment } from '../grammar/environment.ts';
import { runs } from '../property-runs.ts';
import { FORMATS } from './exports.ts';
import { type MeantFrame, meaningOf } from './meaning.ts';

const sharesOf = (transition: string, length: number) =>
  Array.from({ length: length + 1 }, (_, at) => Math.min(1, Math.max(0, ease(easingOf(transition), at / length))));

/** The share of the second prompt at each frame that a tool makes of knots. */
function mixedAt(knots: ReturnType<typeof knotsOf>, at: number): number {
  const next = Math.max(
    1,
    knots.findIndex((knot) => knot.at >= at),
  );
  const [a, b] = [knots[next - 1]!, knots[next]!];
  return a.share + ((b.share - a.share) * (at - a.at)) / (b.at - a.at);
}

const differenceOf = (transition: string, length: number) => {
  const shares = sharesOf(transition, length);
  const knots = knotsOf(shares);
  return Math.max(...shares.map((share, at) => Math.abs(share - mixedAt(knots, at))));
};

describe('the points of a transition', () => {
  it.each([
    ['linear', 24, [0, 24]],
    ['cut', 24, [0, 23, 24]],
    ['ease-in-out', 24, [0, 3, 21, 24]],
    ['cubic-bezier(0, 0, 0, 0)', 1, [0, 1]],
  ])('of %s over %d frames', (transition, length, expected) => {
    expect(knotsOf(sharesOf(transition, length)).map(({ at }) => at)).toEqual(expected);
  });

  it('go back and forth with a curve that does', () => {
    const shares = [0, 0.5, 1, 1, 1, 0.5, 0, 0, 0.5, 1];
    expect(knotsOf(shares).map(({ at, share }) => [at, share])).toEqual([
      [0, 0],
      [2, 1],
      [4, 1],
      [6, 0],
      [7, 0],
      [9, 1],
    ]);
  });

  /** Stated in docs/coming-from.md. */
  it.each([
    ['ease', 0.1],
    ['ease-in', 0.08],
    ['ease-out', 0.08],
    ['ease-in-out', 0.05],
  ])('come as close to %s as the documentation says', (transition, most) => {
    for (const length of [16, 20, 24, 32, 48, 64, 100, 500]) {
      const straight = Math.max(...sharesOf(transition, length).map((share, at) => Math.abs(share - at / length)));
      expect(differenceOf(transition, length)).toBeLessThanOrEqual(most);
      expect(differenceOf(transition, length)).toBeLessThan(straight);
    }
  });

  it('never are further away than a line', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(share, { maxLength: 40 }), (between) => {
        const shares = [0, ...between, 1];
        const length = shares.length - 1;
        const knots = knotsOf(shares);
        const [first, last] = [knots[0], knots.at(-1)];
        expect([first, last]).toEqual([
          { at: 0, share: 0 },
          { at: length, share: 1 },
        ]);
        const difference = Math.max(...shares.map((own, at) => Math.abs(own - mixedAt(knots, at))));
        const straight = Math.max(...shares.map((own, at) => Math.abs(own - at / length)));
        expect(difference).toBeLessThanOrEqual(straight + 1e-9);
      }),
    );
  });
});

/** What the tools make of the document: the share of each prompt in a frame. */
function weights([from, to, t]: MeantFrame['positive']): ReadonlyMap<string, number> {
  return new Map(
    t === 0
      ? [[from, 1]]
      : [
          [from, 1 - t],
          [to, t],
        ],
  );
}

function largestDifference(a: readonly MeantFrame[], b: readonly MeantFrame[]): number {
  return a.reduce((most, frame, i) => {
    const [own, other] = [weights(frame.positive), weights(b[i]!.positive)];
    const texts = [...new Set([...own.keys(), ...other.keys()])];
    return texts.reduce((so, text) => Math.max(so, Math.abs((own.get(text) ?? 0) - (other.get(text) ?? 0))), most);
  }, 0);
}

const viewIn = (text: string) => {
  const document = parseTravel(text);
  const effective = effectiveSettings(document, testEnvironment(), {}, parseTravel);
  return { document, effective, view: viewOf(document, effective.settings) };
};

/** Formats that have neither the length of the clip nor its loop: only the frames of keyframes and between can agree. */
const WITHOUT_ENDS: ReadonlySet<TargetName> = new Set(['a1111-prompt', 'fizz', 'cli']);
const MIXING = TARGET_NAMES.filter((name) => name !== 'deforum');

const number = fc.integer({ min: 0, max: 20 }).map((twentieth) => twentieth / 20);
const any = fc.integer({ min: -20, max: 40 }).map((twentieth) => twentieth / 20);
const transition = fc.oneof(
  fc.constantFrom('', ' linear', ' cut', ' ease', ' ease-in', ' ease-out', ' ease-in-out'),
  fc.tuple(number, any, number, any).map((values) => ` cubic-bezier(${values.join(', ')})`),
);
const clip = fc
  .record({
    frames: fc.integer({ min: 17, max: 70 }),
    loop: fc.constantFrom('N', 'R-P', 'R+P', 'A'),
    keys: fc.uniqueArray(
      fc.record({ at: fc.integer({ min: 0, max: 69 }), hold: fc.integer({ min: 0, max: 9 }), transition }),
      { selector: ({ at }) => at, minLength: 1, maxLength: 5 },
    ),
  })
  .map(({ frames, loop, keys }) => {
    const lines = keys
      .filter(({ at }) => at < frames)
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, hold, transition: to }, i) => `${at}${hold > 0 ? `-${at + hold}` : ''}${to}: prompt ${i}`);
    return `---\nframes: ${frames}\nclosed_loop: ${loop}\n---\n${lines.length > 0 ? lines.join('\n') : 'x'}\n`;
  });

describe('a clip with easing as keyframes', () => {
  it.each(MIXING)('means, by way of %s, what it means here, as closely as the result says', (target) => {
    let compared = 0;
    fc.assert(
      fc.property(clip, (text) => {
        const { document, effective, view } = viewIn(text);
        const { easedWithin } = withEasingAsKeys(view);
        const { text: file, lost } = exportTravel(document, effective, target, 'keys');
        // The first keyframe of a loop has no transition there.
        if (lost.some(({ key }) => key === 'travel')) return;
        compared++;
        const [before, after] = [
          meaningOf(text),
          meaningOf(importTravel([{ text: file }], { format: FORMATS[target] }).travel),
        ];
        const hasEnds = !WITHOUT_ENDS.has(target);
        const [start, end] = (hasEnds ? null : before.span) ?? [
          0,
          Math.min(before.frames.length, after.frames.length) - 1,
        ];
        const part = ({ frames }: typeof before) => frames.slice(start, end + 1);
        expect(largestDifference(part(before), part(after))).toBeLessThanOrEqual(easedWithin! + 1e-6);
        expect(lost.some(({ key }) => key === 'easing')).toBe(easedWithin! >= 0.0005);
      }),
      runs(200),
    );
    expect(compared).toBeGreaterThan(50);
  });

  it('is the same without easing', () => {
    fc.assert(
      fc.property(clip, (text) => {
        const { document, effective } = viewIn(text.replace(/ (?:ease[-a-z]*|cubic-bezier\([^)]*\))/g, ''));
        for (const target of TARGET_NAMES)
          expect(exportTravel(document, effective, target, 'keys')).toEqual(exportTravel(document, effective, target));
      }),
    );
  });

  it('goes on across the end of a loop', () => {
    const text = '---\nframes: 40\nclosed_loop: R+P\n---\n4 ease-in-out: a\n20 linear: b\n';
    const { document, effective } = viewIn(text);
    expect(exportTravel(document, effective, 'a1111-prompt', 'keys').text).toBe('1: a\n4: a\n20: b\n23: b\n');
  });

  it('is not written for a tool that mixes nothing', () => {
    const { document, effective } = viewIn('---\nframes: 32\n---\n0: a\n24 ease: b\n');
    expect(exportTravel(document, effective, 'deforum', 'keys')).toEqual(exportTravel(document, effective, 'deforum'));
  });
});

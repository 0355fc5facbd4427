import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveSettings } from '../../../grammar/clip/effective-settings.ts';
import { timeKeyframes } from '../../../grammar/clip/timeline.ts';
import { changeLength } from '../../../grammar/edits/change-length.ts';
import { distributeEvenly } from '../../../grammar/edits/distribute-evenly.ts';
import { insertKey } from '../../../grammar/edits/insert-key.ts';
import { moveHoldEnd } from '../../../grammar/edits/move-hold-end.ts';
import { moveKey } from '../../../grammar/edits/move-key.ts';
import { reverse } from '../../../grammar/edits/reverse.ts';
import { setTransition } from '../../../grammar/edits/set-transition.ts';
import { shiftKeys } from '../../../grammar/edits/shift-keys.ts';
import { parseTravel } from '../../../grammar/language.ts';
import { runs } from '../../property-runs.ts';
import { testEnvironment } from '../environment.ts';
import { travelText } from '../text.ts';
import { clip, problemsOf, shown, webuiClip } from './clips.ts';
import { type Edit, edited, editedOrNull, outcome } from './edits.ts';

const index = fc.nat(6);
const frame = fc.nat(34);
const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ index, frame }).map(
    (edit): Edit =>
      (of) =>
        moveKey(of, edit),
  ),
  fc.record({ index, frame }).map(
    (edit): Edit =>
      (of) =>
        moveHoldEnd(of, edit),
  ),
  frame.map(
    (at): Edit =>
      (of) =>
        insertKey(of, { frame: at }),
  ),
  fc.record({ index, transition: fc.constantFrom(null, 'cut', 'ease-in', 'cubic-bezier(0, 0, 1, 1)', 'wobble') }).map(
    (edit): Edit =>
      (of) =>
        setTransition(of, edit),
  ),
  fc.integer({ min: 1, max: 99 }).map(
    (frames): Edit =>
      (of) =>
        changeLength(of, { frames }),
  ),
  fc.record({ index, by: fc.integer({ min: -9, max: 9 }) }).map(
    (edit): Edit =>
      (of) =>
        shiftKeys(of, edit),
  ),
  fc.constant<Edit>((of) => distributeEvenly(of)),
  fc.constant<Edit>((of) => reverse(of)),
);

/** The keyframes in the order of the file. */
function keysOf(text: string) {
  const document = parseTravel(text);
  const { settings } = effectiveSettings(document, testEnvironment(), {}, parseTravel);
  return timeKeyframes(document, settings).map(({ keyframe, frame: at, holdEnd }) => ({
    prompt: `${keyframe.prompt.text}|${keyframe.negative?.prompt.text}`,
    transition: keyframe.transition?.text ?? null,
    frame: at!,
    holdEnd,
  }));
}

/** Words in any order, without what a position consists of. */
const words = (text: string) =>
  text
    .split(/\r?\n/)
    .map((line) => line.replace(/^([ \t]*)["'\d-][^:]*:/, '$1').replace(/^\w+: .*/, ''))
    .filter((line) => line.trim() !== '')
    .sort();

const isInOrder = (text: string) => keysOf(text).every(({ frame: at }, i, all) => i === 0 || at > all[i - 1]!.frame);

describe('every edit', () => {
  it('keeps the prompts, the comments, the line ends and the order, and adds no problems', () => {
    fc.assert(
      fc.property(clip, anyEdit, (text, edit) => {
        const result = outcome(text, edit);
        if (result.kind === 'refused') {
          expect(result.reason).toMatch(/^[^.!?\n]*(?:[.]\S[^.\n]*)*\.$|cubic-bezier/);
          return;
        }
        const after = edited(text, edit);
        const known = new Set(problemsOf(text));
        const added = problemsOf(after).filter((code) => !known.has(code) && code !== 'travel/empty-keyframe');
        expect(added.filter((code) => !/no-effect|uncovered|context/.test(code))).toEqual([]);
        const prompts = keysOf(after).map(({ prompt }) => prompt);
        for (const { prompt } of keysOf(text)) prompts.splice(prompts.indexOf(prompt), 1);
        expect(prompts.length).toBeLessThanOrEqual(1);
        if (isInOrder(text)) expect(isInOrder(after)).toBe(true);
        if (text.includes('\r\n')) expect(after.replaceAll('\r\n', '')).not.toContain('\n');
        expect(words(after)).toEqual(words(text));
      }),
      runs(250),
    );
  });

  it('never throws, and refuses damaged files or leaves their text', () => {
    fc.assert(
      fc.property(travelText, anyEdit, (text, edit) => {
        const after = editedOrNull(text, edit);
        if (after === null) return;
        expect(parseTravel(after).head.map(({ prompt }) => prompt.text)).toEqual(
          parseTravel(text).head.map(({ prompt }) => prompt.text),
        );
      }),
      runs(600),
    );
  });
});

describe('moving a keyframe', () => {
  it('puts it where it was asked for, with its hold, and back', () => {
    fc.assert(
      fc.property(clip, index, frame, (text, at, to) => {
        const before = keysOf(text);
        const after = editedOrNull(text, (of) => moveKey(of, { index: at, frame: to }));
        const moved = before[at];
        if (after === null || !moved) return;
        const keys = keysOf(after);
        const now = keys.findIndex(({ frame: there }) => there === to);
        const by = to - moved.frame;
        expect(keys[now]).toEqual({
          ...moved,
          frame: to,
          holdEnd: moved.holdEnd === null ? null : moved.holdEnd + by,
        });
        expect(keys.toSpliced(now, 1)).toEqual(before.toSpliced(at, 1));
        const back = edited(after, (of) => moveKey(of, { index: now, frame: moved.frame }));
        // Where the text is not in order, a keyframe stays in its place until it is.
        const byFrame = (of: typeof before) => [...of].sort((a, b) => a.frame - b.frame);
        expect(byFrame(keysOf(back))).toEqual(byFrame(before));
        if (isInOrder(text)) expect(keysOf(back)).toEqual(before);
      }),
      runs(150),
    );
  });
});

describe('shifting keyframes', () => {
  it('by n frames and by −n frames changes nothing', () => {
    fc.assert(
      fc.property(clip, index, fc.integer({ min: -9, max: 9 }), (text, at, by) => {
        const after = editedOrNull(text, (of) => shiftKeys(of, { index: at, by }));
        if (after === null) return;
        const back = edited(after, (of) => shiftKeys(of, { index: at, by: -by }));
        expect(keysOf(back)).toEqual(keysOf(text));
        expect(shown(back)).toEqual(shown(text));
      }),
      runs(150),
    );
  });
});

describe('changing the length', () => {
  it('scales the mixes: frame k·x of a clip k times as long shows what frame x showed', () => {
    fc.assert(
      fc.property(clip, fc.integer({ min: 2, max: 4 }), (text, factor) => {
        // Percentages and the last frame scale with frames − 1.
        fc.pre(!/%|-1\b/.test(text) && !text.includes('closed'));
        const frames = Number(/frames: (\d+)/.exec(text)![1]);
        fc.pre(keysOf(text).every(({ frame: at, holdEnd }) => (holdEnd ?? at) < frames - 1));
        const after = editedOrNull(text, (of) => changeLength(of, { frames: frames * factor }));
        expect(after).not.toBeNull();
        const shownBefore = shown(text);
        const shownAfter = shown(after!);
        for (const [x, before] of shownBefore.entries()) {
          // The last frame of a hold that a position at the last frame ends.
          if (x < frames - 1)
            expect({ x, ...(shownAfter[x * factor] as object) }).toEqual({ x, ...(before as object) });
        }
      }),
      runs(100),
    );
  });

  it('to a longer clip and back changes nothing', () => {
    fc.assert(
      fc.property(clip, fc.integer({ min: 34, max: 120 }), (text, frames) => {
        const before = Number(/frames: (\d+)/.exec(text)![1]);
        const after = editedOrNull(text, (of) => changeLength(of, { frames }));
        if (after === null) return;
        expect(keysOf(edited(after, (of) => changeLength(of, { frames: before })))).toEqual(keysOf(text));
      }),
      runs(100),
    );
  });
});

describe('reversing', () => {
  it('shows the same in the other direction, and twice the same again', () => {
    fc.assert(
      fc.property(clip, (text) => {
        const result = outcome(text, reverse);
        if (result.kind === 'refused') {
          expect(result.reason).toMatch(/closed loop|after the last frame|two values/);
          return;
        }
        const once = edited(text, reverse);
        expect(shown(once).reverse()).toEqual(shown(text));
        const twice = edited(once, reverse);
        expect(shown(twice)).toEqual(shown(text));
        // What is written without need is gone, and nothing else changes any more.
        expect(keysOf(edited(edited(twice, reverse), reverse))).toEqual(keysOf(twice));
      }),
      runs(150),
    );
  });
});

describe('the webui dialect', () => {
  it('reads every edited clip without new problems, and shows a reversed one in the other direction', () => {
    fc.assert(
      fc.property(webuiClip, anyEdit, (text, edit) => {
        const after = editedOrNull(text, edit);
        const known = new Set(problemsOf(text));
        const added = problemsOf(after ?? text).filter((code) => !known.has(code));
        expect(added.filter((code) => !/no-effect|uncovered|context/.test(code))).toEqual([]);
        if (after !== null) expect(shown(after).length).toBeGreaterThan(0);
        const reversed = editedOrNull(text, reverse);
        if (reversed !== null) expect(shown(reversed).reverse()).toEqual(shown(text));
      }),
      runs(100),
    );
  });
});

describe('distributing', () => {
  it('keeps the ends, and makes distances that differ by at most one frame', () => {
    fc.assert(
      fc.property(clip, (text) => {
        const after = editedOrNull(text, distributeEvenly);
        if (after === null) return;
        const frames = (of: string) =>
          keysOf(of)
            .map(({ frame: at }) => at)
            .sort((a, b) => a - b);
        const [before, now] = [frames(text), frames(after)];
        expect([now[0], now.at(-1)]).toEqual([before[0], before.at(-1)]);
        const distances = now.slice(1).map((at, i) => at - now[i]!);
        expect(Math.max(...distances) - Math.min(...distances)).toBeLessThanOrEqual(1);
        expect(edited(after, distributeEvenly)).toBe(after);
      }),
      runs(100),
    );
  });
});

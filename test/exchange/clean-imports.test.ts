import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';
import { checkTravel } from '../../grammar/language.ts';
import { testEnvironment } from '../grammar/environment.ts';
import { runs } from '../property-runs.ts';
import { differentFrame, meaningOf } from './meaning.ts';

/** What `check` says about a document, but for models that this computer does not have. */
function problemsOf(travel: string): string[] {
  return checkTravel(travel, testEnvironment()).problems.flatMap(({ severity, code, message }) =>
    (severity === 'error' || severity === 'warning') && code !== 'travel/unknown-model' ? [`${code}: ${message}`] : [],
  );
}

const imported = (text: string) => importTravel([{ text }]);
const keysOf = (travel: string) => travel.split('\n').filter((line) => /^-?\d/.test(line));

const request = (animateDiff: object, more: object = {}) =>
  JSON.stringify({
    prompt: '0: a\n8: b',
    ...more,
    alwayson_scripts: { AnimateDiff: { args: [{ enable: true, ...animateDiff }] } },
  });

describe('settings without effect', () => {
  it.each([
    ['a short clip', { video_length: 16, stride: 2, overlap: 6 }, {}, /stride|overlap/],
    ['a short clip that is closed', { video_length: 16, closed_loop: 'R+P' }, {}, /closed_loop/],
    ['a sampler without its own noise', { video_length: 24 }, { sampler_name: 'DPM++ 2M', eta: 0.5 }, /eta/],
    ['churn of another sampler', { video_length: 24 }, { sampler_name: 'Euler a', s_churn: 0.5 }, /s_churn/],
  ])('are left out: %s', (_, animateDiff, more, left) => {
    const { travel } = imported(request(animateDiff, more));
    expect(travel).not.toMatch(left);
    expect(problemsOf(travel)).toEqual([]);
  });

  it.each([
    ['windows', { video_length: 40, stride: 2, overlap: 6, closed_loop: 'R+P' }, {}, /stride: 2\n[\s\S]*overlap: 6/],
    ['a short clip that goes back', { video_length: 16, closed_loop: 'A' }, {}, /closed_loop: A/],
    ['A1111’s default', { video_length: 16 }, {}, /closed_loop: R-P/],
    ['a variation', { video_length: 24 }, { subseed: 5, subseed_strength: 0.5 }, /subseed: 5/],
    ['noise', { video_length: 24 }, { sampler_name: 'Euler a', eta: 0.5 }, /eta: 0\.5/],
  ])('others stay: %s', (_, animateDiff, more, kept) => {
    const { travel } = imported(request(animateDiff, more));
    expect(travel).toMatch(kept);
    expect(problemsOf(travel)).toEqual([]);
  });

  it('no combination leaves one', () => {
    const frames = fc.integer({ min: 1, max: 48 });
    const options = fc.record({
      video_length: frames,
      batch_size: fc.integer({ min: 8, max: 24 }),
      closed_loop: fc.constantFrom('N', 'R-P', 'R+P', 'A'),
      stride: fc.integer({ min: 1, max: 4 }),
      overlap: fc.integer({ min: -1, max: 7 }),
      reverse: fc.subarray(['Add Reverse Frame', 'Remove head', 'Remove tail']),
    });
    const more = fc.record({
      sampler_name: fc.constantFrom('Euler a', 'Euler', 'DDIM', 'DPM++ 2M', 'DPM++ SDE', 'LCM', 'UniPC'),
      eta: fc.constantFrom(0, 0.5, 1),
      s_churn: fc.constantFrom(0, 2),
      s_tmin: fc.constantFrom(0, 1),
      s_noise: fc.constantFrom(1, 1.1),
    });
    fc.assert(
      fc.property(options, more, (animateDiff, fields) => {
        const { travel } = imported(request(animateDiff, { ...fields, prompt: 'a' }));
        expect(problemsOf(travel)).toEqual([]);
      }),
      runs(150),
    );
  });
});

describe('keyframes', () => {
  it.each([
    ['in another order', '"0": "a", "24": "c", "12": "b"', ['0: a', '12: b', '24: c']],
    ['from the end', '"0": "a", "-4": "c", "8:12": "b"', ['0: a', '8-11: b', '-4: c']],
    ['holds that overlap', '"0": "a", "4:8": "b", "6": "c", "15": "d"', ['0: a', '4-5: b', '6: c', '15: d']],
    ['a hold of one frame', '"0": "a", "4:8": "b", "5": "c"', ['0: a', '4: b', '5: c']],
    ['a hold that another one ends', '"0:12": "a", "4:8": "b", "10": "c"', ['0-3: a', '4-7: b', '10: c']],
  ])('are tidy: %s', (_, schedule, keys) => {
    const { travel } = importTravel([{ text: `{${schedule}}` }], { format: 'ade' });
    expect(keysOf(travel)).toEqual(keys);
    expect(problemsOf(travel)).toEqual([]);
  });

  it('in a prompt of A1111, which refuses another order', () => {
    const { travel } = imported('a fox\n0: red\n16: green\n8: blue\nbest quality');
    expect(keysOf(travel)).toEqual(['0: red', '8: blue', '16: green']);
    expect(problemsOf(travel)).toEqual([]);
  });

  it.each([
    ['0: an apple | 50: a banana | 100: a coconut', ['0: an apple', '50: a banana', '100: a coconut']],
    ['0: girl; 30: boy', ['0: girl', '30: boy']],
    ['> 0: girl\n> 8: boy', ['0: girl', '8: boy']],
    ['[0]: girl\n[8]: boy', ['0: girl', '8: boy']],
    ['0|girl\n8|boy', ['0: girl', '8: boy']],
  ])('in the syntax of another tool are read, with a note: %s', (text, keys) => {
    const { travel, notes } = imported(text);
    expect(keysOf(travel)).toEqual(keys);
    expect(notes.map(({ key }) => key)).toEqual(['repaired']);
    expect(problemsOf(travel)).toEqual([]);
  });

  it.each(['a table | a chair', 'a cat, 16:9', 'score_9, [a|b]', '12:30 | a clock'])('other text stays: %s', (text) => {
    expect(imported(text)).toMatchObject({ travel: `${text}\n`, notes: [] });
  });

  it('mean the same, wherever they are written', () => {
    const position = fc.oneof(
      fc.integer({ min: 0, max: 31 }).map(String),
      fc.integer({ min: 1, max: 32 }).map((from) => `-${from}`),
      fc
        .tuple(fc.integer({ min: 0, max: 31 }), fc.integer({ min: 0, max: 40 }))
        .map(([a, b]) => `${a}-${Math.max(a, b)}`),
      fc.integer({ min: 0, max: 100 }).map((part) => `${part}%`),
    );
    fc.assert(
      fc.property(fc.array(position, { minLength: 1, maxLength: 6 }), (positions) => {
        const lines = positions.map((at, i) => `${at}: prompt ${i}`);
        const { travel } = imported(lines.join('\n'));
        expect(problemsOf(travel)).toEqual([]);
        const { frames, settings } = meaningOf(travel);
        const plain = meaningOf(`---\nframes: ${String(settings.frames)}\n---\n${lines.join('\n')}\n`);
        expect(differentFrame(frames, plain.frames, frames.length, false)).toBeNull();
      }),
      runs(150),
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { faultKey, type HintFault, hintKey } from '../../../plan/empty-hints.ts';
import { testEnvironment } from '../environment.ts';
import { checked, problemsOf } from './checked-clip.ts';

describe('black hints', () => {
  /** As if the hints of these frames were found to be black, by the plan that the engine gets. */
  const knowing = (settings: string, frames: readonly number[]) => {
    const plan = checked(settings).plan!;
    const { units, pictures } = plan.control!;
    const keys = frames.map((frame) => hintKey(units[0]!, pictures[plan.frames[frame]!.controls![0]!.picture]!, plan));
    return { emptyHints: new Set(keys) };
  };
  const found = (settings: string, known: Partial<Environment>) => {
    const text = `---\n${settings}\n---\na\n`;
    const problem = checkTravel(text, testEnvironment(known)).problems.find(
      ({ code }) => code === 'travel/empty-hints',
    );
    const fixes = (problem?.fixes ?? []).map(({ title, edits }) => [title, applyEdits(text, edits)] as const);
    return { problem, fixes };
  };

  it('are listed by their frames, with a fix to hold the last one and one for weight 0', () => {
    const settings = 'controlnet: [{model: pose, batch: frames}]';
    const known = knowing(settings, [3, 4, 5, 6, 7, 12]);
    const { problem, fixes } = found(settings, known);
    expect(problem?.severity).toBe('warning');
    expect(problem?.message).toBe(
      'The hint is black in frames 3–7, 12. Nothing was found there, so the unit guides these frames by black. ' +
        'Hold the last hint with `empty: hold`, or use weight 0 there with `empty: off`.',
    );
    expect(fixes).toEqual([
      ['Hold the last hint', '---\ncontrolnet: [{model: pose, empty: hold, batch: frames}]\n---\na\n'],
      ['Weight 0', '---\ncontrolnet: [{model: pose, empty: off, batch: frames}]\n---\na\n'],
    ]);
    for (const [, text] of fixes) expect(checkTravel(text, testEnvironment(known)).problems).toEqual([]);
  });

  it('are fixed in each way in which a unit is written', () => {
    const fixed = (settings: string) => found(settings, knowing(settings, [1])).fixes.map(([, text]) => text);
    expect(fixed('controlnet:\n  - model: pose # a model\n    batch: frames')).toEqual([
      '---\ncontrolnet:\n  - model: pose # a model\n    empty: hold\n    batch: frames\n---\na\n',
      '---\ncontrolnet:\n  - model: pose # a model\n    empty: off\n    batch: frames\n---\na\n',
    ]);
    expect(fixed('controlnet: [{model: pose, empty: use, batch: frames}]')[0]).toContain('empty: hold, batch');
    expect(fixed('controlnet:\n  - {model: pose,\n     batch: frames}')[0]).toContain('model: pose, empty: hold,\n');
  });

  it('are not reported where nothing is to be decided', () => {
    const settings = 'controlnet: [{model: pose, batch: frames}]';
    const known = knowing(settings, [1]);
    const problemsWith = (other: string) => found(other, known).problem;
    expect(problemsWith('controlnet: [{model: pose, batch: frames, empty: hold}]')).toBeUndefined();
    expect(problemsWith('controlnet: [{model: pose, batch: frames, weight: {0: 1, 1: 0, 2: 1}}]')).toBeUndefined();
    // What the hints of another size, or by another preprocessor, are is not known.
    expect(problemsWith('width: 256\ncontrolnet: [{model: pose, batch: frames}]')).toBeUndefined();
    expect(problemsWith('controlnet: [{model: pose, batch: frames, preprocessor: openpose}]')).toBeUndefined();
    expect(found(settings, { emptyHints: new Set() }).problem).toBeUndefined();
    const tile = 'controlnet: [{model: shuffle, batch: frames}]';
    expect(found(tile, knowing(tile, [1])).problem).toBeUndefined();
    expect(problemsWith(settings)).toBeDefined();
  });

  it.each([
    ['image: nobody.png', [0], '', 'guides all of its frames by black'],
    ['image: nobody.png', [0], ', empty: hold', 'never acts'],
    ['image: nobody.png', [0], ', empty: off', 'never acts'],
    ['batch: frames', Array.from({ length: 16 }, (_, i) => i), ', empty: hold', 'never acts'],
    ['image: {4: a.png, 8: b.png}', [4, 8], ', empty: off', 'never acts'],
    ['image: {4: a.png, 8: b.png}', [4, 8], '', 'guides all of its frames by black'],
  ])('of all frames are reported without fixes: %s, %s%s', (input, frames, empty, does) => {
    const settings = `controlnet: [{model: pose, ${input}${empty}}]`;
    const { problem, fixes } = found(settings, knowing(settings, frames));
    expect(problem?.message).toBe(
      `Every hint is black, so the unit ${does}. Nothing was found in its input. Use another input or preprocessor, or remove the unit.`,
    );
    expect(fixes).toEqual([]);
  });

  it('of a file that is extended are reported without fixes', () => {
    const settings = 'controlnet: [{model: pose, batch: frames}]';
    const known = {
      ...knowing(settings, [1]),
      readTravelFile: (path: string) => ({ path, text: `---\n${settings}\n---\n` }),
    };
    const { problem, fixes } = found('extends: base.travel', known);
    expect(problem?.message).toMatch(/^In “base\.travel”: The hint is black in frame 1\./);
    expect(fixes).toEqual([]);
  });
});

describe('hints of the wrong kind', () => {
  const settings = (model: string, parts = '') => `controlnet: [{model: ${model}${parts}, batch: frames}]`;
  /** As if the hints of these frames were found to have a fault. */
  const knowing = (fault: HintFault, frames: readonly number[]) => {
    const plan = checked(settings('canny')).plan!;
    const { units, pictures } = plan.control!;
    const keys = frames.map((frame) => faultKey(fault, hintKey(units[0]!, pictures[frame]!, plan)));
    return { emptyHints: new Set(keys) };
  };
  const found = (text: string, known: Partial<Environment>) =>
    checkTravel(text, testEnvironment(known)).problems.flatMap(({ code, message, fixes = [] }) =>
      code === 'travel/wrong-hints' ? [[message, ...fixes.map(({ edits }) => applyEdits(text, edits))]] : [],
    );
  const file = (text: string) => `---\n${text}\n---\na\n`;

  it.each<[HintFault, string, string]>([
    [
      'dark-lines',
      'The hint has dark lines on white in frames 2–3. “canny” was trained with white lines on black. Set `preprocessor: invert`.',
      'invert',
    ],
    [
      'not-edges',
      'The hint is not black and white in frames 2–3. “canny” was trained with white edges on black. If it is a photo or a frame, set `preprocessor: canny`.',
      'canny',
    ],
  ])('are listed as they were found, with a fix: %s', (fault, message, preprocessor) => {
    const known = knowing(fault, [2, 3]);
    const fixed = file(settings('canny', `, preprocessor: ${preprocessor}`));
    expect(found(file(settings('canny')), known)).toEqual([[message, fixed]]);
    expect(checkTravel(fixed, testEnvironment(known)).problems).toEqual([]);
  });

  it('are not reported for models and preprocessors that they do not concern', () => {
    const others = [settings('pose'), settings('shuffle'), settings('canny', ', preprocessor: invert')];
    for (const other of others) {
      for (const fault of ['dark-lines', 'not-edges'] as const) {
        expect(found(file(other), knowing(fault, [2]))).toEqual([]);
      }
    }
    // Scribbles may be gray.
    expect(found(file(settings('scribble')), knowing('not-edges', [2]))).toEqual([]);
    expect(found(file(settings('scribble')), knowing('dark-lines', [2]))).toHaveLength(1);
  });
});

it('warns of a preprocessor that makes other maps than the model expects', () => {
  const unit = (model: string, preprocessor: string) =>
    problemsOf(`controlnet: [{model: ${model}, preprocessor: ${preprocessor}, image: a.png}]`).map(([, text]) => text);
  expect(unit('control_v11p_sd15_canny', 'depth')).toEqual([
    '“control_v11p_sd15_canny” expects lines, but “depth” makes depth maps. The unit would guide the clip by shapes that are ' +
      'not there. Choose another model or preprocessor, or `none` if the images are maps already.',
  ]);
  expect(unit('pose', 'canny')).toHaveLength(1);
  for (const preprocessor of ['canny', 'lineart', 'scribble', 'lineart_anime', 'none', 'invert', 'threshold']) {
    expect(unit('control_v11p_sd15_canny', preprocessor)).toEqual([]);
  }
});

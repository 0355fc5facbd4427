import { describe, expect, it } from 'vitest';
import type { PreviewInputs } from '../../../protocol/preview.ts';
import { cellsAt, layersOf, overlayAt, picturesAt, sourcesOf } from '../../../webview/state/inputs.ts';

const unit = (changes: Partial<PreviewInputs['units'][number]> = {}): PreviewInputs['units'][number] => ({
  model: 'canny',
  preprocessor: 'canny',
  problem: null,
  sources: [0, null],
  hints: [10, null],
  ...changes,
});

const described = (inputs: PreviewInputs, frame: number) =>
  cellsAt(inputs, frame).map(({ kind, layer, picture, problem }) => `${kind} ${layer} ${picture}${problem ?? ''}`);

describe('the input of a frame', () => {
  it('is the source of a unit beside its hint', () => {
    expect(described({ start: null, units: [unit()] }, 0)).toEqual(['source 0 0', 'hint 0 10']);
  });

  it('has a source that several have only once', () => {
    const inputs = { start: { sources: [0, 1], problem: null }, units: [unit(), unit({ sources: [5, null] })] };
    expect(described(inputs, 0)).toEqual(['source start 0', 'hint 0 10', 'source 1 5', 'hint 1 10']);
  });

  it('has units that do not act on the frame, and frames that start from noise', () => {
    const inputs = { start: { sources: [0, null], problem: null }, units: [unit()] };
    expect(described(inputs, 1)).toEqual(['source start null', 'hint 0 null']);
    expect(picturesAt(inputs, 1)).toEqual([]);
  });

  it('has what is wrong', () => {
    const inputs = { start: { sources: [], problem: '!' }, units: [unit({ sources: [], hints: [], problem: '?' })] };
    expect(described(inputs, 0)).toEqual(['source start null!', 'hint 0 null?']);
  });
});

describe('what is laid over the result', () => {
  const inputs = { start: { sources: [7, 8], problem: null }, units: [unit(), unit({ hints: [20, 21] })] };

  it('is a hint, or what the frame starts from', () => {
    expect(layersOf(inputs)).toEqual([0, 1, 'start']);
    expect(layersOf(inputs).map((layer) => overlayAt(inputs, layer, 1))).toEqual([null, 21, 8]);
    expect(overlayAt(inputs, 5, 0)).toBeNull();
  });
});

describe('the strip', () => {
  it('has what frames start from, or else the sources of the first unit with any', () => {
    expect(sourcesOf(null)).toEqual([]);
    expect(sourcesOf({ start: null, units: [unit({ sources: [] }), unit({ sources: [null, 3] })] })).toEqual([null, 3]);
    expect(sourcesOf({ start: { sources: [7], problem: null }, units: [unit()] })).toEqual([7]);
    expect(sourcesOf({ start: { sources: [], problem: '!' }, units: [unit()] })).toEqual([0, null]);
  });
});

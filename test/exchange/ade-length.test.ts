import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';

type Inputs = Readonly<Record<string, unknown>>;
const PROMPTS = '"0": "a", "12:20": "b", "0.5": "c", "-1": "d"';

/** A schedule of AnimateDiff-Evolved in a clip of 24 frames. */
function imported(inputs: Inputs, latents: Inputs = { batch_size: 24 }, type = 'ADE_PromptScheduling') {
  const graph = {
    '1': { class_type: type, inputs: { prompts: PROMPTS, ...inputs } },
    '2': { class_type: 'batch_size' in latents ? 'EmptyLatentImage' : 'SomeOnesLatents', inputs: latents },
    '3': { class_type: 'KSampler', inputs: { positive: ['1', 0], latent_image: ['2', 0] } },
    '4': { class_type: 'SaveImage', inputs: { images: ['3', 0] } },
  };
  const { travel, notes } = importTravel([{ text: JSON.stringify(graph) }]);
  return {
    keys: Array.from(travel.matchAll(/^-?\d+(?:-\d+)?: .*$/gm), ([line]) => line),
    frames: /^frames: (\d+)$/m.exec(travel)?.[1] ?? '16',
    notes: notes.map(({ message }) => message).join('\n'),
  };
}

const PAST = 'Keyframes past the end of the clip, which has 24 frames, are left out.';

describe('a schedule of AnimateDiff-Evolved with a length of its own', () => {
  it.each<[string, Inputs, string[], RegExp | null]>([
    ['none', {}, ['0: a', '12: c', '-1: d'], null],
    ['that of its keys', { max_length: 0 }, ['0: a', '12: c', '-1: d'], null],
    ['that of the clip', { max_length: 24 }, ['0: a', '12: c', '-1: d'], null],
    ['a longer one', { max_length: 32 }, ['0: a', '12-15: b', '16: c'], /They were: 31: d$/m],
    ['a much longer one', { max_length: 100 }, ['0: a', '12-19: b'], /They were: 50: c \| 99: d$/m],
    [
      'a shorter one',
      { max_length: 20 },
      ['0: a', '10: c', '12-18: b', '19: d'],
      /max_length: 20, but the clip has 24/,
    ],
  ])('has its keys in it: %s', (_, inputs, keys, note) => {
    const result = imported(inputs);
    expect(result.keys).toEqual(keys);
    if (note) expect(result.notes).toMatch(note);
    else expect(result.notes).not.toMatch(/left out|max_length/);
    expect(result.notes.includes(PAST)).toBe(Number(inputs.max_length ?? 0) > 24);
  });

  it('has holds that end with the clip', () => {
    expect(imported({ prompts: '"0": "a", "16:": "b"', max_length: 32 }).keys).toEqual(['0: a', '16-23: b']);
  });

  it('has the length of the latents that it gets', () => {
    const { keys } = imported({ latent: ['2', 0] }, undefined, 'ADE_PromptSchedulingLatents');
    expect(keys).toEqual(['0: a', '12: c', '-1: d']);
  });

  it('is the length of a clip whose latents are not known', () => {
    const { frames, keys, notes } = imported({ max_length: 40 }, {});
    expect(frames).toBe('40');
    expect(keys).toEqual(['0: a', '12-19: b', '20: c', '-1: d']);
    expect(notes).toContain('`frames: 40` is max_length of the schedule in node 1. Check it.');
    const fizz = imported({ text: '"0": "a"', max_frames: 48 }, {}, 'BatchPromptSchedule');
    expect(fizz.frames).toBe('48');
    expect(fizz.notes).toContain('`frames: 48` is max_frames of the schedule in node 1.');
    expect(imported({ max_length: 0 }, {}).notes).toContain('`frames: 16` is assumed.');
  });
});

import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';

const read = (text: string) => {
  const { travel, notes, format } = importTravel([{ text }]);
  return {
    format,
    keys: Array.from(travel.matchAll(/^-?\d+: .*$/gm), ([line]) => line),
    frames: /^frames: (\d+)$/m.exec(travel)?.[1] ?? '16',
    loop: /^closed_loop: (.*)$/m.exec(travel)?.[1],
    outside: notes.filter(({ key }) => key === 'keyframe-past-end').map(({ message }) => message),
    open: notes.find(({ key }) => key === 'prompt-loop')?.message,
    length: notes.find(({ key }) => key === 'length-not-in-file')?.message,
  };
};

/** A schedule in a node of FizzNodes, in a clip of 32 frames. */
const inNode = (keys: Readonly<Record<string, string>>, context?: number) => {
  const inputs = { text: JSON.stringify(keys).slice(1, -1), max_frames: 32 };
  const graph = {
    '1': { class_type: 'BatchPromptSchedule', inputs },
    '2': { class_type: 'EmptyLatentImage', inputs: { batch_size: 32 } },
    '5': {
      class_type: 'ADE_AnimateDiffLoaderGen1',
      inputs: { model_name: 'mm.ckpt', ...(context && { context_options: ['6', 0] }) },
    },
    '6': { class_type: 'ADE_StandardUniformContextOptions', inputs: { context_length: context } },
    '3': { class_type: 'KSampler', inputs: { model: ['5', 0], positive: ['1', 0], latent_image: ['2', 0] } },
    '4': { class_type: 'SaveImage', inputs: { images: ['3', 0] } },
  };
  return read(JSON.stringify(graph));
};

const deforum = (animation_mode: string) => (keys: Readonly<Record<string, string>>) =>
  read(JSON.stringify({ animation_mode, max_frames: 32, prompts: keys }));

type Outside = readonly [where: string, effect: string, keys: string];
const note = ([where, effect, keys]: Outside) =>
  `Keyframes ${where} of the clip, which has 32 frames, are left out.${effect === '' ? '' : ` There, frames ${effect}.`} They were: ${keys}`;
const FROM = 'before the first one still change from them';
const TOWARD = 'after the last one still change toward them';

describe('keys outside a clip whose prompts travel', () => {
  it.each<[Readonly<Record<string, string>>, string[], Outside[]]>([
    [{ '0': 'a', 'max_f-50': 'b', '8': 'c' }, ['0: a', '8: c'], [['before the start', '', '-18: b']]],
    [{ '0': 'a', '-5': 'b', '8': 'c' }, ['0: a', '8: c'], [['before the start', '', '-5: b']]],
    [{ 'max_f-50': 'b', '8': 'c' }, ['8: c'], [['before the start', FROM, '-18: b']]],
    [{ '0': 'a', 'max_f+8': 'b' }, ['0: a'], [['past the end', TOWARD, '40: b']]],
    [
      { 'max_f*2': 'b', '0': 'a', 'max_f-50': 'c' },
      ['0: a'],
      [
        ['before the start', '', '-18: c'],
        ['past the end', TOWARD, '64: b'],
      ],
    ],
    // One that makes all frames.
    [{ 'max_f-50': 'b' }, ['0: b'], []],
    [{ 'max_f-50': 'b', 'max_f-40': 'c' }, ['0: c'], [['before the start', '', '-18: b']]],
    [{ '40': 'b', '50': 'c' }, ['0: b'], [['past the end', '', '50: c']]],
    [{ 'max_f-50': 'b', '40': 'c' }, ['0: b'], [['past the end', TOWARD, '40: c']]],
  ])('are never counted from the end: %j', (keys, inside, outside) => {
    for (const result of [inNode(keys), deforum('Interpolation')(keys)]) {
      expect(result.keys).toEqual(inside);
      expect(result.outside).toEqual(outside.map(note));
    }
  });

  it('close the loop also if others are before the start', () => {
    const { keys, loop, open } = inNode({ '0': 'a', '8': 'b', max_f: 'a', 'max_f-50': 'c' }, 16);
    expect(keys).toEqual(['0: a', '8: b']);
    expect([loop, open]).toEqual(['R+P', undefined]);
  });

  it('do not close the loop in one window, which a note says', () => {
    for (const context of [undefined, 32, 40]) {
      const { keys, loop, open } = inNode({ '0': 'a', '8': 'b', max_f: 'a' }, context);
      expect(keys).toEqual(['0: a', '8: b']);
      expect([loop, open]).toEqual(['N', expect.stringContaining('fits in one context window')]);
    }
  });
});

describe('keys outside a clip whose prompts stay', () => {
  it.each<[Readonly<Record<string, string>>, string[], Outside[]]>([
    [{ '0': 'a', 'max_f-50': 'b', '8': 'c' }, ['0: a', '8: c'], [['before the start', '', '-18: b']]],
    [{ 'max_f-50': 'b', '8': 'c' }, ['8: c'], [['before the start', '', '-18: b']]],
    [{ '0': 'a', '40': 'b' }, ['0: a'], [['past the end', '', '40: b']]],
    // The first one in the file makes all frames.
    [{ 'max_f+18': 'b', 'max_f+8': 'c' }, ['0: b'], [['past the end', '', '40: c']]],
  ])('are never counted from the end: %j', (keys, inside, outside) => {
    for (const mode of ['2D', '3D']) {
      const result = deforum(mode)(keys);
      expect(result.keys).toEqual(inside);
      expect(result.outside).toEqual(outside.map(note));
    }
  });
});

describe('a schedule whose length is not in the text', () => {
  const text = (keys: Readonly<Record<string, string>>) => JSON.stringify(keys).slice(1, -1);

  it.each<[Readonly<Record<string, string>>, frames: string, string[], length: string]>([
    [{ '0': 'a', 'max_f/2': 'b' }, '120', ['0: a', '60: b'], 'the default of the nodes, max_frames'],
    [{ '0': 'a', 'max_f/2': 'b', '200': 'c' }, '208', ['0: a', '104: b', '200: c'], 'long enough for all keys'],
    [{ '0': 'a', 'max_f-200': 'b' }, '120', ['0: a'], 'the default of the nodes, max_frames'],
    [{ '0': 'a', max_f: 'a' }, '120', ['0: a'], 'the default of the nodes, max_frames'],
    [{ '0': 'a', 'max_f*2': 'b' }, '120', ['0: a'], 'the default of the nodes, max_frames'],
  ])('has formulas of the length that it gets: %j', (keys, frames, inside, length) => {
    const result = read(text(keys));
    expect(result).toMatchObject({ format: 'fizz', frames, keys: inside });
    expect(result.length).toContain(`\`frames: ${frames}\` is ${length}.`);
  });

  it('closes its loop by a key at max_f', () => {
    expect(read(text({ '0': 'a', '60': 'b', max_f: 'a' })).loop).toBe('R+P');
    expect(read(text({ '0': 'a', '60': 'b', max_f: 'c' })).loop).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';
import { ImportError } from '../../exchange/notes.ts';

type Inputs = Readonly<Record<string, unknown>>;
type Nodes = Readonly<Record<string, readonly [type: string, inputs: Inputs, title?: string | undefined]>>;

const textOf = (nodes: Nodes) => {
  const graph = Object.entries(nodes).map(([id, [type, inputs, title]]) => [
    id,
    { class_type: type, inputs, ...(title !== undefined && { _meta: { title } }) },
  ]);
  return JSON.stringify(Object.fromEntries(graph));
};
const imported = (nodes: Nodes, clip?: string) => importTravel([{ text: textOf(nodes) }], { clip });
const keysOf = ({ notes }: ReturnType<typeof imported>) => notes.map(({ key }) => key);
const messageOf = ({ notes }: ReturnType<typeof imported>, key: string) =>
  notes.find((one) => one.key === key)?.message ?? '';

const SHARED: Nodes = {
  '1': ['CheckpointLoaderSimple', { ckpt_name: 'a.safetensors' }],
  '2': ['ADE_AnimateDiffLoaderGen1', { model_name: 'mm.ckpt', beta_schedule: 'autoselect', model: ['1', 0] }],
  '4': ['CLIPTextEncode', { text: 'blurry', clip: ['1', 1] }],
};

interface Branch {
  readonly prompt?: string;
  readonly seed?: number;
  readonly frames?: number;
  readonly title?: string;
}

/** A sampler with prompt, latents, decoder and output of its own, whose IDs begin with a letter. */
function branch(name: string, { prompt = 'a fox', seed = 7, frames = 12, title }: Branch = {}): Nodes {
  const sampling = { seed, steps: 12, cfg: 5, sampler_name: 'euler', scheduler: 'karras', denoise: 1 };
  return {
    [`${name}3`]: ['CLIPTextEncode', { text: prompt, clip: ['1', 1] }],
    [`${name}5`]: ['EmptyLatentImage', { width: 384, height: 256, batch_size: frames }],
    [`${name}6`]: [
      'KSampler',
      { ...sampling, model: ['2', 0], positive: [`${name}3`, 0], negative: ['4', 0], latent_image: [`${name}5`, 0] },
      title,
    ],
    ...shownBy(name, `${name}6`),
  };
}

const shownBy = (name: string, sampler: string): Nodes => ({
  [`${name}7`]: ['VAEDecode', { samples: [sampler, 0], vae: ['1', 2] }],
  [`${name}8`]: ['VHS_VideoCombine', { frame_rate: 12, format: 'video/h264-mp4', images: [`${name}7`, 0] }],
});

/** A second pass over the result of a branch, which its output shows. */
const secondPass = (name: string): Nodes => ({
  [`${name}9`]: ['LatentUpscaleBy', { samples: [`${name}6`, 0], scale_by: 1.5 }],
  [`${name}10`]: [
    'KSampler',
    { seed: 1, denoise: 0.5, model: ['2', 0], positive: [`${name}3`, 0], latent_image: [`${name}9`, 0] },
  ],
  ...shownBy(name, `${name}10`),
});

const FOX = branch('a');
const SEA = branch('b', { prompt: `a calm sea, ${'very '.repeat(30)}blue`, seed: 8, frames: 24, title: 'Sea' });

describe('a workflow with several samplers that do not depend on one another', () => {
  const both = { ...SHARED, ...FOX, ...SEA };

  it('lists a clip for each, with what tells them apart', () => {
    const { clips } = imported(both);
    expect(clips).toEqual([
      { id: 'a6', title: 'KSampler', frames: 12, size: { width: 384, height: 256 }, prompt: 'a fox' },
      {
        id: 'b6',
        title: 'Sea',
        frames: 24,
        size: { width: 384, height: 256 },
        prompt: expect.stringMatching(/^a calm sea, very .{40,50}…$/) as string,
      },
    ]);
  });

  it('becomes the first one without a choice, and a note names the others', () => {
    const first = imported(both);
    expect(first.travel).toBe(imported({ ...SHARED, ...FOX }).travel);
    expect(keysOf(first)).toEqual(['more-clips', ...keysOf(imported({ ...SHARED, ...FOX }))]);
    expect(messageOf(first, 'more-clips')).toMatch(
      /makes 2 clips\. .*node a6 .*Not carried over: node b6 \(Sea, 24 frames, 384 × 256, “a calm sea/,
    );
  });

  it.each([
    ['a6', FOX],
    ['b6', SEA],
  ])('becomes the chosen one, %s, as if it were alone', (id, own) => {
    const alone = imported({ ...SHARED, ...own });
    expect(imported(both, id)).toMatchObject({ travel: alone.travel, notes: alone.notes });
    expect(alone.clips).toEqual([]);
  });

  it('has second passes of each, which are not clips', () => {
    const passes = { ...both, ...secondPass('a'), ...secondPass('b') };
    expect(imported(passes).clips.map(({ id }) => id)).toEqual(['a6', 'b6']);
    for (const [id, other] of [
      ['a6', 'b10'],
      ['b6', 'a10'],
    ] as const) {
      const message = messageOf(imported(passes, id), 'second-pass');
      expect(message).toContain(`node ${id[0]}10, denoise 0.5`);
      expect(message).not.toContain(other);
    }
  });

  it('lists those of Efficiency Nodes and of the editor’s format by their titles, too', () => {
    const { b6, ...rest } = SEA;
    const efficient = {
      ...both,
      ...rest,
      b6: ['KSampler (Efficient)', b6![1], 'Tides'] as const,
      b8: ['VHS_VideoCombine', { frame_rate: 12, images: ['b6', 5] }] as const,
    };
    expect(imported(efficient).clips.map(({ title }) => title)).toEqual(['KSampler', 'Tides']);
    const custom = { ...both, b6: ['SamplerCustomAdvanced', b6![1]] as const };
    expect(imported(custom).clips.map(({ title }) => title)).toEqual(['KSampler', 'SamplerCustomAdvanced']);
    const sampler = (id: number) => ({ id, type: 'KSampler', title: `Clip ${id}`, inputs: [], widgets_values: [] });
    const output = (id: number) => ({ id, type: 'SaveImage', inputs: [{ name: 'images', type: 'IMAGE', link: id }] });
    const links = [
      [3, 1, 0, 3, 0, 'IMAGE'],
      [4, 2, 0, 4, 0, 'IMAGE'],
    ];
    const text = JSON.stringify({ nodes: [sampler(1), sampler(2), output(3), output(4)], links });
    expect(importTravel([{ text }]).clips.map(({ title }) => title)).toEqual(['Clip 1', 'Clip 2']);
  });

  it('names the place of a choice that it does not have', () => {
    for (const id of ['b10', '99', '']) {
      const read = () => imported({ ...both, ...secondPass('b') }, id);
      expect(read).toThrow(ImportError);
      expect(read).toThrow(`no node ${id}`);
    }
  });

  it('is imported if the prompts of a clip that is not taken cannot be read', () => {
    const schedule = {
      ...SEA,
      b3: ['BatchPromptSchedule', { text: '"0": ', max_frames: 24, clip: ['1', 1] }] as const,
    };
    const { clips, travel } = imported({ ...SHARED, ...FOX, ...schedule });
    expect(clips.map(({ prompt }) => prompt)).toEqual(['a fox', '']);
    expect(travel).toContain('a fox');
    expect(() => imported({ ...SHARED, ...FOX, ...schedule }, 'b6')).toThrow(ImportError);
  });
});

describe('samplers that depend on one another', () => {
  it('make one clip, whichever input the result is', () => {
    const { a7: decoder, ...fox } = FOX;
    const nodes: Nodes = {
      ...SHARED,
      ...fox,
      a7: decoder!,
      ...SEA,
      b3: ['ControlNetApply', { conditioning: ['b11', 0], image: ['a7', 0], strength: 1 }],
      b11: ['CLIPTextEncode', { text: 'sea', clip: ['1', 1] }],
    };
    expect(imported(nodes).clips).toEqual([]);
    expect(keysOf(imported(nodes))).toContain('second-pass');
  });

  it('are listed up to a number that helps', () => {
    const many = Array.from({ length: 200 }, (_, i) => branch(`n${i}.`, { seed: i }));
    const { clips, notes } = imported(Object.assign({ ...SHARED }, ...many) as Nodes);
    expect(clips).toHaveLength(50);
    expect(notes.find(({ key }) => key === 'more-clips')!.message.length).toBeLessThan(3000);
  });
});

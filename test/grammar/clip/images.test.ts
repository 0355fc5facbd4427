import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { buildLock, lockedFiles } from '../../../plan/lock.ts';
import type { ModelDescription } from '../../../plan/model.ts';
import { TravelPlan } from '../../../plan/plan.ts';
import { checkpoint, testEnvironment } from '../environment.ts';

const checked = (settings: string, changes: Partial<Environment> = {}) =>
  checkTravel(`---\n${settings}\n---\na\n`, testEnvironment(changes));

function planOf(settings: string, changes: Partial<Environment> = {}): TravelPlan {
  const { plan, problems } = checked(settings, changes);
  expect(problems.filter(({ severity }) => severity !== 'information')).toEqual([]);
  return TravelPlan.parse(plan);
}

const problemsOf = (settings: string, changes: Partial<Environment> = {}) =>
  checked(settings, changes).problems.map(({ code, message }) => [code.slice('travel/'.length), message]);

const starts = ({ frames }: TravelPlan) => frames.map(({ start }) => start);

describe('a plan of a clip that starts from images', () => {
  it('fades one image from frame to frame, as sd-webui-animatediff', () => {
    const plan = planOf('init_image: a.png\nframes: 3\nlatent_scale: 4\nlatent_power: 2');
    expect(plan.images).toEqual([{ path: '/projects/clips/a.png', size: 10, mtimeMs: 1 }]);
    expect(starts(plan)).toEqual([[{ image: 0, share: 1 }], [{ image: 0, share: 0.75 }], []]);
    expect(plan.sampling.denoising).toBe(0.75);
  });

  it('fades to the last frame', () => {
    const plan = planOf('init_image: a.png\nlast_frame: b.png\nframes: 3\nlatent_scale: 2\nlatent_scale_last: 4');
    expect(plan.images.map(({ path }) => path)).toEqual(['/projects/clips/a.png', '/projects/clips/b.png']);
    expect(starts(plan)).toEqual([
      [{ image: 0, share: 1 }],
      [
        { image: 0, share: expect.closeTo(0.4) },
        { image: 1, share: expect.closeTo(0.6) },
      ],
      [{ image: 1, share: 1 }],
    ]);
  });

  it('has an image for each frame of a folder, also for a part of the frames', () => {
    const plan = planOf('init_image: frames\nframes: 3\ndenoising_strength: 0.5');
    expect(plan.images).toHaveLength(3);
    expect(starts(plan)).toEqual([0, 1, 2].map((image) => [{ image, share: 1 }]));
    expect(plan.sampling.denoising).toBe(0.5);
    // 10 of 20 steps, and one more.
    expect(plan.context.windows).toHaveLength(11);
  });

  it('keeps the image in every frame of a clip without motion', () => {
    const plan = planOf('init_image: a.png\nframes: 3\nmotion_module: none');
    expect(starts(plan)).toEqual(Array(3).fill([{ image: 0, share: 1 }]));
  });

  it('has the highest strength, and in each frame its own if that is lower', () => {
    const plan = planOf('init_image: frames\nframes: 5\ndenoising_strength: {0: 0.2, 4: 0.6}');
    expect(plan.sampling.denoising).toBe(0.6);
    expect(plan.frames.map(({ denoising }) => denoising)).toEqual([
      0.2,
      expect.closeTo(0.3),
      expect.closeTo(0.4),
      expect.closeTo(0.5),
      undefined,
    ]);
    expect(plan.context.windows).toHaveLength(13);
    // Beyond the end is never reached.
    expect(
      planOf('init_image: frames\nframes: 3\ndenoising_strength: {0: 0.2, 4: 0.6}').sampling.denoising,
    ).toBeCloseTo(0.4);
  });

  it('has none without `init_image`', () => {
    const plan = planOf('frames: 3');
    expect([plan.images, starts(plan), plan.sampling.denoising]).toEqual([[], Array(3).fill(undefined), null]);
    expect(problemsOf('last_frame: b.png\ndenoising_strength: 0.5')).toEqual([
      ['setting-has-no-effect', expect.stringContaining('“last_frame” has no effect without `init_image`')],
      ['setting-has-no-effect', expect.stringContaining('“denoising_strength” has no effect without `init_image`')],
    ]);
  });

  it('keeps its image outside of the mask in every frame, also where it has faded', () => {
    const plan = planOf('init_image: a.png\nlast_frame: b.png\ninpaint_mask: m.png\nframes: 3\nlatent_scale: 2');
    expect(plan.masks).toEqual([{ path: '/projects/clips/m.png', size: 10, mtimeMs: 1 }]);
    expect(plan.frames.map(({ inpaint }) => inpaint)).toEqual(Array(3).fill({ image: 0, mask: 0 }));
  });

  it('has an image or a mask for each frame of a folder', () => {
    const inpaints = (settings: string) => {
      const plan = planOf(`${settings}\nframes: 2`);
      return [plan.masks.length, ...plan.frames.map(({ inpaint }) => [inpaint!.image, inpaint!.mask])];
    };
    expect(inpaints('init_image: frames\ninpaint_mask: frames/masks')).toEqual([2, [0, 0], [1, 1]]);
    expect(inpaints('init_image: frames\ninpaint_mask: m.png')).toEqual([1, [0, 0], [1, 0]]);
    expect(inpaints('init_image: a.png\ninpaint_mask: frames/masks')).toEqual([2, [0, 0], [0, 1]]);
  });

  it('can have an inpainting checkpoint, with a mask and without', () => {
    for (const mask of ['', '\ninpaint_mask: m.png']) {
      const plan = planOf(`checkpoint: inpainting\nmotion_module: none\ninit_image: a.png${mask}`);
      expect(plan.models.checkpoint.path).toBe('/models/checkpoint/inpainting.safetensors');
    }
  });

  it('is encoded by the checkpoint if `vae` only decodes, or by the encoder beside it', () => {
    const small = (only: 'decoder' | 'encoder'): ModelDescription => ({ kind: 'vae', small: true, only });
    const { resolveModel } = testEnvironment();
    const withFiles = (files: Readonly<Record<string, ModelDescription>>): Partial<Environment> => ({
      resolveModel(kind, name) {
        const description = files[name];
        if (!description) return resolveModel.call(testEnvironment(), kind, name);
        const path = name.startsWith('/') ? name : `/models/${name}.pth`;
        return { name, description, file: { path, size: 1, mtimeMs: 1 } };
      },
    });
    const settings = 'checkpoint: toonyou\nmotion_module: none\nvae: taesd_decoder';
    const alone = withFiles({ taesd_decoder: small('decoder') });
    const encoderOf = (text: string, changes: Partial<Environment>) => planOf(text, changes).models.vaeEncoder?.path;
    expect(encoderOf(settings, alone)).toBeUndefined();
    expect(encoderOf(`${settings}\ninit_image: a.png`, alone)).toBe('/models/checkpoint/toonyou.safetensors');
    expect(encoderOf(settings.replace('toonyou', 'inpainting'), alone)).toContain('inpainting');
    const files = { taesd_decoder: small('decoder'), '/models/taesd_encoder.pth': small('encoder') };
    expect(encoderOf(`${settings}\ninit_image: a.png`, withFiles(files))).toBe('/models/taesd_encoder.pth');
    expect(encoderOf(settings, withFiles(files))).toBeUndefined();
    const both: ModelDescription = { kind: 'vae', small: true };
    expect(encoderOf(`${settings}\ninit_image: a.png`, withFiles({ taesd_decoder: both }))).toBeUndefined();
    const incomplete = withFiles({ taesd_decoder: small('decoder'), toonyou: { ...checkpoint, vaeChannels: null } });
    expect(problemsOf(settings, incomplete)).toEqual([]);
    expect(problemsOf(`${settings}\ninit_image: a.png`, incomplete)).toEqual([
      ['unusable-model', expect.stringContaining('“taesd_decoder” only decodes.')],
    ]);
    expect(problemsOf(settings, withFiles({ taesd_decoder: small('encoder') }))).toEqual([
      ['unusable-model', expect.stringContaining('is the encoder of TAESD')],
    ]);
  });

  it('has no mask without `init_image`', () => {
    expect(problemsOf('inpaint_mask: m.png')).toEqual([
      ['setting-has-no-effect', expect.stringContaining('“inpaint_mask” has no effect without `init_image`')],
    ]);
    expect(checked('inpaint_mask: m.png').plan).toMatchObject({ images: [], masks: [] });
  });

  it('looks for a path of an extended file in its folder', () => {
    const asked: [string, string][] = [];
    const changes: Partial<Environment> = {
      readTravelFile: () => ({ path: '/styles/base.travel', text: '---\ninit_image: a.png\n---\n' }),
      inputImages(path, from) {
        asked.push([path, from]);
        return null;
      },
    };
    expect(problemsOf('extends: base.travel', changes)).toEqual([
      ['missing-file', 'In “/styles/base.travel”: File “a.png” not found. Check the path.'],
    ]);
    expect(asked).toEqual([['a.png', '/styles/base.travel']]);
  });
});

describe('the problems of images', () => {
  it('say how many are missing', () => {
    expect(problemsOf('init_image: frames\nframes: 20')).toEqual([
      ['too-few-images', '“frames” has 16 images, but the clip has 20 frames. Set `frames` to 16, or add images.'],
    ]);
    expect(problemsOf('init_image: a.png\ninpaint_mask: frames\nframes: 20')).toEqual([
      [
        'too-few-images',
        '“frames” has 16 masks, but the clip has 20 frames. Set `frames` to 16, add masks, or write the path of one mask for all frames.',
      ],
    ]);
    const empty = { inputImages: () => ({ kind: 'folder', files: [] }) as const };
    expect(problemsOf('init_image: x', empty)[0]![1]).toContain('has 0 images, but the clip has 16 frames.');
  });

  it('name a missing file or folder', () => {
    expect(problemsOf('init_image: missing/x')).toEqual([
      ['missing-file', expect.stringContaining('File or folder “missing/x” not found.')],
    ]);
    expect(problemsOf('init_image: a.png\nlast_frame: missing/x')[0]![0]).toBe('missing-file');
    expect(problemsOf('init_image: a.png\ninpaint_mask: missing/x')[0]![0]).toBe('missing-file');
    const base = { readTravelFile: () => ({ path: '/base.travel', text: '---\ninpaint_mask: missing/x\n---\n' }) };
    expect(problemsOf('extends: base.travel\ninit_image: a.png', base)).toEqual([
      ['missing-file', 'In “/base.travel”: File “missing/x” not found. Check the path.'],
    ]);
    expect(problemsOf('extends: base.travel', base)).toEqual([]);
  });

  it('name what has no effect with a folder', () => {
    expect(problemsOf('init_image: frames\nlatent_power: 2').map(([code]) => code)).toEqual(['setting-has-no-effect']);
  });

  it('include a strength that leaves no step, or that a sampler cannot change over time', () => {
    expect(problemsOf('init_image: a.png\nsampler: DDIM\ndenoising_strength: 0.05')).toEqual([
      ['setting-range', expect.stringContaining('DDIM makes no step with 20 `steps`')],
    ]);
    expect(problemsOf('init_image: a.png\nsampler: Restart\ndenoising_strength: {0: 0.5, 8: 1}')[0]![0]).toBe(
      'not-available-yet',
    );
  });
});

describe('a plan of a clip that starts from a video', () => {
  const range = { from: 0, to: null, repeat: false };

  it('names the times that its frames show', () => {
    const plan = planOf('video: {source: a.mp4}\nframes: 3\ndenoising_strength: {0: 0.4, 2: 0.6}');
    const file = { path: '/projects/clips/a.mp4', size: 10, mtimeMs: 1 };
    expect(plan.images).toEqual([0, 0.125, 0.25].map((at) => ({ ...file, shown: { at, ...range } })));
    expect(starts(plan)).toEqual([0, 1, 2].map((image) => [{ image, share: 1 }]));
    expect(plan.sampling.denoising).toBe(0.6);
    expect(plan.frames.map(({ denoising }) => denoising)).toEqual([0.4, 0.5, undefined]);
  });

  it('carries the part, and another makes another lock', () => {
    const plan = planOf('video: {source: a.mp4, from: 1, to: 2, repeat: true}\nframes: 2');
    expect(plan.images[1]!.shown).toEqual({ at: 0.125, from: 1, to: 2, repeat: true });
    expect(lockedFiles(plan).filter(({ kind }) => kind === 'image')).toHaveLength(1);
    const facts = {
      versions: { promptTravel: '1', engine: 1, onnxRuntime: '1' },
      models: ['', '', ''],
      sha256: String,
    };
    expect(buildLock(plan, facts).values).not.toBe(
      buildLock(planOf('video: {source: a.mp4, from: 1}\nframes: 2'), facts).values,
    );
  });

  it('has the images of a folder, each once, from a time on and again', () => {
    const plan = planOf('video: {path: frames, from: 1.75, repeat: true}\nframes: 5');
    expect(plan.images.map(({ path }) => path)).toEqual([
      '/projects/clips/frames/14.png',
      '/projects/clips/frames/15.png',
    ]);
    expect(starts(plan)).toEqual([0, 1, 0, 1, 0].map((image) => [{ image, share: 1 }]));
  });

  it('is not made with ControlNet units or `init_image`, which a message says', () => {
    expect(problemsOf('init_image: a.png\nvideo: {source: a.mp4}')).toEqual([
      ['setting-has-no-effect', expect.stringContaining('“video” has no effect with `init_image`.')],
    ]);
    expect(planOf('init_image: a.png\nframes: 2').images).toHaveLength(1);
  });

  it('says what is wrong with a folder', () => {
    const folder = (others: object, count = 0) => ({
      inputImages: () => ({
        kind: 'folder' as const,
        files: Array.from({ length: count }, (_, i) => ({ path: `/x/${i * 5}.png`, size: 1, mtimeMs: 1 })),
        others: { unreadable: [], videos: [], folders: [], ignored: [], ...others },
      }),
    });
    const of = (changes: Partial<Environment>, settings = 'video: {path: x}') => problemsOf(settings, changes);
    expect(of(folder({ videos: ['clip.mp4'] }))[0]![1]).toContain('It has the video “clip.mp4”: use `source`');
    expect(of(folder({ folders: ['take1'] }))[0]![1]).toContain('It has the folders take1');
    const messages = of(folder({ ignored: ['notes.txt'], folders: ['old'] }, 16)).map(([, message]) => message);
    expect(messages).toEqual([expect.stringContaining('Ignored: notes.txt, old.')]);
    expect(of(folder({}, 16), 'video: {path: x, to: 1}')[0]![1]).toContain('has 8 images there, but the clip has 16');
  });

  it('reports numbers that are missing between images', () => {
    const files = [0, 1, 2, 6, 7, 12].map((n) => ({ path: `/x/${n}.png`, size: 1, mtimeMs: 1 }));
    const found = problemsOf('video: {path: x}\nframes: 6', { inputImages: () => ({ kind: 'folder', files }) });
    expect(found).toEqual([
      ['folder-images', expect.stringMatching(/6 images with numbers up to 12.*6 comes after 2/)],
    ]);
  });
});

describe('a plan with the sound of a video', () => {
  it('names the part that the shown frames have, until `to`', () => {
    const settings = 'video: {source: a.mp4, from: 1, to: 2.5}\naudio: keep\nsave: [mp4]\nfps: 8\nframes: 12';
    const file = { path: '/projects/clips/a.mp4', size: 10, mtimeMs: 1 };
    expect(planOf(settings).output.sound).toEqual({ ...file, from: 1, seconds: 1.5 });
  });

  it('is made for formats that have sound, which a message says', () => {
    expect(problemsOf('video: {source: a.mp4}\naudio: keep\nsave: [webp]')).toEqual([
      ['setting-has-no-effect', expect.stringContaining('“audio” has no effect without `mp4` or `webm` in `save`.')],
    ]);
    expect(problemsOf('video: {path: frames}\naudio: keep\nsave: [mp4]')).toEqual([
      ['setting-has-no-effect', expect.stringContaining('“audio” has no effect without `video › source`.')],
    ]);
    expect(planOf('video: {source: a.mp4}\nsave: [mp4]').output).not.toHaveProperty('sound');
  });
});

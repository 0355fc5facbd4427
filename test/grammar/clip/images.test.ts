import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import type { ModelDescription } from '../../../plan/model.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { checkpoint, testEnvironment } from '../environment.ts';
import { checked, planOf, problemsOf } from './checked-clip.ts';

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
    // Beyond the end is never reached, with a warning.
    expect(
      checked('init_image: frames\nframes: 3\ndenoising_strength: {0: 0.2, 4: 0.6}').plan?.sampling.denoising,
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

  it('is previewed by TAESD, if its latents are those of the checkpoint', () => {
    const { resolveModel } = testEnvironment();
    const small = (only?: 'decoder' | 'encoder'): ModelDescription => ({
      kind: 'vae',
      small: true,
      ...(only && { only }),
    });
    const decoderOf = (settings: string, files: Readonly<Record<string, ModelDescription>>) => {
      const changes: Partial<Environment> = {
        resolveModel(kind, name) {
          const description = files[name];
          if (!description || kind !== 'vae') return resolveModel.call(testEnvironment(), kind, name);
          return { name, description, file: { path: `/models/${name}.pth`, size: 1, mtimeMs: 1 } };
        },
      };
      return planOf(`motion_module: none\n${settings}`, changes).models.previewDecoder?.path;
    };
    const found = { taesd_decoder: small('decoder') };
    expect(decoderOf('checkpoint: toonyou', found)).toBe('/models/taesd_decoder.pth');
    expect(decoderOf('checkpoint: toonyou', { taesd_decoder: small() })).toBe('/models/taesd_decoder.pth');
    expect(decoderOf('checkpoint: toonyou\nvae: vae-ft-mse', found)).toBe('/models/taesd_decoder.pth');
    expect(decoderOf('checkpoint: toonyou\nvae: tiny', { ...found, tiny: small() })).toBe('/models/tiny.pth');
    expect(decoderOf('checkpoint: toonyou', {})).toBeUndefined();
    // Another file of that name, and a checkpoint with a VAE of its own.
    expect(decoderOf('checkpoint: toonyou', { taesd_decoder: { kind: 'vae' } })).toBeUndefined();
    expect(decoderOf('checkpoint: toonyou', { taesd_decoder: small('encoder') })).toBeUndefined();
    const own = { ...checkpoint, vaeChannels: 32 };
    const withOwn: Partial<Environment> = {
      resolveModel: (kind, name) => ({
        name,
        description: kind === 'checkpoint' ? own : small('decoder'),
        file: { path: `/models/${name}.pth`, size: 1, mtimeMs: 1 },
      }),
    };
    expect(planOf('checkpoint: own\nmotion_module: none', withOwn).models.previewDecoder).toBeUndefined();
  });

  it('has no mask without `init_image` or a video to start from', () => {
    expect(problemsOf('inpaint_mask: m.png')).toEqual([
      [
        'setting-has-no-effect',
        expect.stringContaining('“inpaint_mask” has no effect without `init_image` or `video`'),
      ],
    ]);
    expect(checked('inpaint_mask: m.png').plan).toMatchObject({ images: [], masks: [] });
    const guided = 'video: {source: a.mp4}\ncontrolnet: [{model: canny}]\ninpaint_mask: m.png';
    expect(problemsOf(guided).map(([code]) => code)).toContain('setting-has-no-effect');
    expect(checked(guided).plan).toMatchObject({ images: [], masks: [] });
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

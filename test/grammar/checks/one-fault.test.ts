import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { checkTravel } from '../../../grammar/language.ts';
import type { ModelDescription } from '../../../plan/model.ts';
import { checkpoint, testEnvironment } from '../environment.ts';

function problems(settings: string, changes: Partial<Environment> = {}) {
  return checkTravel(`---\n${settings}\n---\na`, testEnvironment({ hasFfmpeg: true, ...changes })).problems;
}

const codes = (settings: string, changes?: Partial<Environment>) =>
  problems(settings, changes).map(({ code }) => code.replace('travel/', ''));

describe('a value that cannot be read', () => {
  it.each([
    ['save: mp4\naudio: keep\nvideo: {source: a.mp4}', 'setting-type'],
    ['save: [mp5]\naudio: keep\nvideo: {source: a.mp4}', 'setting-value'],
    ['save: mp4\nloop: 3', 'setting-type'],
    ['audio: keep\nsave: [mp4]\nvideo: {source: 3}', 'setting-type'],
    ['frames: many\noverlap: 4', 'setting-type'],
    ['motion_module: [a]\nmotion_scale: 1.2', 'front-matter-syntax'],
    ['init_image: [a.png]\nlast_frame: b.png', 'front-matter-syntax'],
    ['dialect: other\nframes: 32\ncontext: many\nfuse: flat', 'setting-value'],
    ['cfg_scale: high\nnegative_prompt: blurry', 'setting-type'],
  ])('does not make other settings useless: %s', (settings, code) => {
    const found = codes(settings);
    expect(found).toContain(code);
    expect(found).not.toContain('setting-has-no-effect');
  });

  it.each([
    'video:',
    'video: 3',
    'video: {}',
    'video: {source: ""}',
    'video: {source: "https://example.com/a.mp4"}',
    'video: {path: "https://example.com/a"}',
  ])('is an input of units: %s', (video) => {
    const found = codes(`${video}\ncontrolnet: [{model: pose, preprocessor: none}]`);
    expect(found.some((code) => /^(?:setting-|link)/.test(code))).toBe(true);
    expect(found).not.toContain('controlnet-input');
  });

  it.each([
    ['save: [gif]\naudio: keep\nvideo: {source: a.mp4}\nsteps: many'],
    ['frames: 16\ncontext: 16\noverlap: 4\nsave: mp4'],
  ])('leaves what does not depend on it: %s', (settings) => {
    expect(codes(settings)).toContain('setting-has-no-effect');
  });

  it.each([
    'init_image: "new\\nline.png"',
    'video: {source: "a\\tb.mp4"}',
    'controlnet: [{model: pose, image: "a\\nb"}]',
  ])('is not looked for as a file: %s', (settings) => {
    const missing = (path: string) => ({ found: 'nothing' as const, names: [path.replaceAll(/\s/g, ' ')] });
    const found = codes(settings, { missingInput: missing, inputImages: () => null, inputVideo: () => null });
    expect(found.filter((code) => code === 'missing-file')).toEqual([]);
    expect(found).toContain('setting-value');
  });
});

it.each([
  ['init_image', { missingInput: () => ({ found: 'nothing' as const, names: [] }), inputImages: () => null }],
  ['checkpoint', {}],
  ['no_such_setting', {}],
])('a name that would fill a screen is shortened in messages: %s', (setting, changes) => {
  const name = `${'n'.repeat(5000)}.png`;
  const found = problems(`${setting}: ${name}`, changes);
  expect(found.length).toBeGreaterThan(0);
  for (const { message } of found) expect(message.length).toBeLessThan(1000);
});

describe('a position with a fault', () => {
  const start = 'frames: 8\nfps: 8\ninit_image: a.png\ndenoising_strength:';
  it.each([
    ['{0: 0.5, 4-2: 0.7, 5: 0.6}', ['setting-beyond-end']],
    ['{0: 0.5, 4-2: 0.7, 50%: 0.6}', ['setting-beyond-end']],
    ['{0: 0.5, 4-2: 0.7, 0.5s: 0.4}', ['setting-beyond-end']],
    ['{0: 0.5, -20: 0.7, -12-0: 0.4}', ['setting-beyond-end', 'setting-beyond-end']],
    ['{0: 0.5, 4: 0.7, 50%: 0.6}', ['duplicate-position']],
  ])('is reported once: %s', (values, expected) => {
    expect(codes(`${start} ${values}`)).toEqual(expected);
  });

  it('that is a key before the clip is reported once, as it is written', () => {
    const { problems: found } = checkTravel('---\nframes: 8\n---\n0: a\n-20: b\n', testEnvironment());
    expect(found.map(({ message }) => message)).toEqual([
      '“-20” (frame -12) is outside the clip. Its 8 frames are numbered 0 to 7. Move the keyframe.',
    ]);
  });
});

describe('a list or a map in the place of a path', () => {
  it.each([
    [
      'controlnet: [{model: pose, video: {source: a.mp4, from: 1}}]',
      /must be text, not a map\. Write its path\. `from`.*shared/,
    ],
    [
      'controlnet: [{model: pose, image: [a.png, b.png]}]',
      /must be text, not a list\. Write one path, a map of positions/,
    ],
    ['controlnet: [{model: pose, batch: [a, b]}]', /must be text, not a list\. Write the path of one folder\.$/],
    ['save: mp4', /must be a list, as in \[mp4\], not “mp4”\.$/],
    ['save: mp4, gif', /must be a list, as in \[mp4, gif\], not/],
  ])('says how to write it: %s', (settings, message) => {
    expect(problems(settings).map((problem) => problem.message)).toContainEqual(expect.stringMatching(message));
  });
});

describe('a file that was not found', () => {
  it.each([
    ['a.mp4', ['ok.mp4'], null],
    ['a.mp4', ['b.mp4'], null],
    ['dance.mp4', ['dnace.mp4'], 'dnace.mp4'],
    ['dance.mp4', ['dance.mov'], 'dance.mov'],
    ['dance.mp4', ['Dance.MP4'], 'Dance.MP4'],
    ['walk.mp4', ['wald.mp4'], 'wald.mp4'],
    ['pose.png', ['nose.png', 'x.png'], 'nose.png'],
    ['frames1', ['frames'], 'frames'],
    ['01.png', ['99.png'], null],
  ])('is %s, and of %j, the suggestion is %s', (path, names, expected) => {
    const missing = () => ({ found: 'nothing' as const, names });
    const [problem] = problems(`init_image: ${path}`, { missingInput: missing, inputImages: () => null }).filter(
      ({ code }) => code === 'travel/missing-file',
    );
    expect(/Did you mean “(.*)”\?/.exec(problem!.message)?.[1] ?? null).toBe(expected);
  });
});

describe('the size of a clip', () => {
  const withCheckpoint = (description: ModelDescription | null, unreadable: string | null = null) => ({
    resolveModel: (_: string, name: string) =>
      description && { name, description, file: { path: `/models/${name}`, size: 1, mtimeMs: 1 } },
    unreadableModel: () => unreadable,
  });
  const small = 'checkpoint: a\nmotion_module: none\nwidth: 128\nheight: 128';
  const sdxl = { ...checkpoint, family: 'sdxl' as const };

  it.each<[string, Partial<Environment>, readonly string[]]>([
    ['not found', withCheckpoint(null), ['unknown-model']],
    ['cut off', withCheckpoint(null, 'a is too short.'), ['unusable-model']],
    ['of another kind', withCheckpoint({ kind: 'vae' }), ['wrong-model-kind']],
    ['unknown', withCheckpoint({ kind: 'unknown', sampleKeys: ['a'] }), ['wrong-model-kind']],
    [
      'of an unsupported kind',
      withCheckpoint({ kind: 'unsupported', what: 'a Flux checkpoint' }),
      ['wrong-model-kind'],
    ],
    ['of SDXL, which does not give a size', withCheckpoint(sdxl), ['not-available-yet']],
    ['SD 1.5', withCheckpoint(checkpoint), ['size-far-from-native']],
    ['made for it', withCheckpoint({ ...checkpoint, nativeSize: [128, 128] }), []],
  ])('is compared only with a known training size: the checkpoint is %s', (_, changes, expected) => {
    expect(codes(small, changes)).toEqual(expected);
  });
});

describe('a file of an unsupported family', () => {
  const damaged = {
    defects: [
      { component: 'motionModule' as const, tensor: 'a.weight', has: null, expected: [0] },
      { component: 'vae' as const, tensor: 'b.weight', has: [1], expected: [4] },
    ],
  };
  const files: Readonly<Record<string, ModelDescription>> = {
    a: checkpoint,
    sd2: { ...checkpoint, family: 'sd2', hasTextEncoder: false, ...damaged },
    sdxl: { ...checkpoint, family: 'sdxl', vaeChannels: null, ...damaged },
    other: { ...checkpoint, family: 'unknown', ...damaged },
    pix2pix: { ...checkpoint, inputChannels: 8, ...damaged },
    mm_sdxl: { kind: 'motion-module', version: 'sdxl', positions: 8, ...damaged },
    mm_cut: { kind: 'motion-module', version: 'v2', positions: 0, defects: [damaged.defects[0]!] },
    hotshot: { kind: 'motion-module', version: 'hotshot-xl', positions: 8, ...damaged },
    pose_sd2: { kind: 'controlnet', family: 'sd2', ...damaged },
    pose_sdxl: { kind: 'controlnet', family: 'sdxl', ...damaged },
    clip_g: { kind: 'text-encoder', width: 1280, layers: 32, ...damaged },
    flux: { kind: 'unsupported', what: 'a Flux checkpoint' },
    ink_sdxl: {
      kind: 'lora',
      family: 'sdxl',
      naming: 'kohya',
      rank: 4,
      unet: true,
      textEncoder: true,
      convolutions: false,
    },
    pan: { kind: 'motion-lora', rank: 8, hasMidBlock: false },
  };
  const found = (settings: string, prompt = 'a') => {
    const environment = testEnvironment({
      resolveModel: (_, name) => {
        const description = files[name];
        return description ? { name, description, file: { path: `/models/${name}`, size: 1, mtimeMs: 1 } } : null;
      },
    });
    const { problems } = checkTravel(`---\n${settings}\n---\n${prompt}`, environment);
    return problems.map(({ code }) => code.replace('travel/', ''));
  };
  const still = 'motion_module: none';

  it.each([
    ...['sd2', 'sdxl', 'other', 'pix2pix'].map((name) => [`checkpoint: ${name}\n${still}`, 'not-available-yet']),
    ...['mm_sdxl', 'hotshot'].map((name) => [`checkpoint: a\nmotion_module: ${name}`, 'not-available-yet']),
    ...['pose_sd2', 'pose_sdxl'].map((name) => [
      `checkpoint: a\n${still}\ncontrolnet: [{model: ${name}, image: a.png}]`,
      'not-available-yet',
    ]),
    ['checkpoint: a\nmotion_module: mm_cut', 'unusable-model'],
    [`checkpoint: a\n${still}\ntext_encoder: clip_g`, 'unusable-model'],
    ...['checkpoint: flux', 'checkpoint: a\nvae: flux', 'checkpoint: a\ntext_encoder: flux'].map((settings) => [
      `${settings}\n${still}`,
      'wrong-model-kind',
    ]),
    ['checkpoint: a\nmotion_module: flux', 'wrong-model-kind'],
  ])('gets one message: %s', (settings, expected) => {
    expect(found(settings!)).toEqual([expected]);
  });

  it('gets one message if it is a LoRA', () => {
    expect(found(`checkpoint: a\n${still}`, 'a <lora:ink_sdxl:1>')).toEqual(['lora-family']);
  });

  it.each([
    ['mm_sdxl', ['not-available-yet']],
    ['flux', ['wrong-model-kind']],
    ['nowhere', ['unknown-model']],
    ['none', ['motion-lora-module']],
  ])('has no effect on what is reported of a motion LoRA: %s', (name, expected) => {
    expect(found(`checkpoint: a\nmotion_module: ${name}`, 'a <lora:pan:1>')).toEqual(expected);
  });
});

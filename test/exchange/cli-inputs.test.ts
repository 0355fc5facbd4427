import { describe, expect, it } from 'vitest';
import type { NumberedImages } from '../../exchange/format.ts';
import { importTravel } from '../../exchange/import.ts';

const read = (config: object, images?: NumberedImages) => {
  const text = JSON.stringify({ path: 'a.safetensors', motion_module: 'mm.ckpt', ...config });
  const { travel, notes } = importTravel([{ text }], { images });
  return { travel, notes: notes.map(({ key, message }) => `${key}: ${message}`).join('\n') };
};

/** Folders with an image for each of some frames. */
const folders =
  (frames: Readonly<Record<string, readonly number[]>>): NumberedImages =>
  (folder) => {
    const own = frames[folder];
    return own ? new Map(own.map((frame) => [frame, `/data/${folder}/${String(frame).padStart(4, '0')}.png`])) : null;
  };

const UNIT = {
  enable: true,
  use_preprocessor: true,
  guess_mode: false,
  controlnet_conditioning_scale: 0.8,
  control_guidance_start: 0.1,
  control_guidance_end: 0.9,
  control_scale_list: [],
};
const all = (count: number) => Array.from({ length: count }, (_, i) => i);
const prompts = { prompt_map: { '0': 'a fox' }, prompt_fixed_ratio: 0 };

describe('a configuration of animatediff-cli', () => {
  const controlnet_map = {
    input_image_dir: 'control',
    max_models_on_vram: 3,
    controlnet_canny: UNIT,
    controlnet_openpose: { ...UNIT, guess_mode: true, use_preprocessor: false },
    controlnet_depth: { ...UNIT, preprocessor: { type: 'depth_zoe', param: { detect_resolution: 384 } } },
    controlnet_tile: UNIT,
    controlnet_seg: { ...UNIT, enable: false },
    controlnet_ref: { enable: true, ref_image: 'ref.png' },
  };

  it('has units whose images are on this computer: a folder, or images at positions', () => {
    const { travel, notes } = read(
      { ...prompts, controlnet_map },
      folders({
        'control/controlnet_canny': all(16),
        'control/controlnet_openpose': [0, 8, 99],
        'control/controlnet_depth': all(20),
        'control/controlnet_tile': [99],
      }),
    );
    const dir = '/data/control';
    const [canny, pose, depth] = [
      `{model: control_v11p_sd15_canny, preprocessor: canny, weight: 0.8, start: 0.1, end: 0.9, batch: ${dir}/controlnet_canny}`,
      `{model: control_v11p_sd15_openpose, weight: 0.8, start: 0.1, end: 0.9, mode: control, image: {0: ${dir}/controlnet_openpose/0000.png, 8: ${dir}/controlnet_openpose/0008.png}}`,
      `{model: control_v11f1p_sd15_depth, preprocessor: depth_zoe, weight: 0.8, start: 0.1, end: 0.9, batch: ${dir}/controlnet_depth}`,
    ];
    expect(travel).toContain(`controlnet:\n  - ${canny}\n  - ${pose}\n  - ${depth}\n`);
    expect(notes).toMatch(/preprocessor-parameters: .*controlnet_depth.*detect_resolution/);
    expect(notes).toMatch(/controlnet: ControlNet reference .*ref\.png/);
    expect(notes).not.toMatch(/not carried over: controlnet/);
  });

  it('reports images that also act on the frames around them', () => {
    const near = { input_image_dir: 'c', controlnet_canny: { ...UNIT, control_scale_list: [0.5, 0.4] } };
    const { notes } = read({ ...prompts, controlnet_map: near }, folders({ 'c/controlnet_canny': [0] }));
    expect(notes).toMatch(/controlnet: .*controlnet_canny.*0\.5, 0\.4/);
  });

  it('reports units whose images are nowhere', () => {
    for (const images of [undefined, folders({})]) {
      const { travel, notes } = read({ ...prompts, controlnet_map }, images);
      expect(travel).not.toContain('controlnet');
      expect(notes).toMatch(/controlnet: .*controlnet_canny, controlnet_openpose, .*control/);
    }
  });

  it('starts from a folder that has an image for each frame', () => {
    const img2img_map = { enable: true, init_img_dir: 'start', denoising_strength: 0.6 };
    const whole = read({ ...prompts, img2img_map }, folders({ start: all(16) }));
    expect(whole.travel).toContain('init_image: /data/start\ndenoising_strength: 0.6\n');
    expect(whole.notes).not.toContain('img2img-folder');
    const part = read({ ...prompts, img2img_map }, folders({ start: [0, 1] }));
    expect(part.travel).not.toContain('init_image');
    expect(part.notes).toMatch(/img2img-folder: .*start.*0\.6/);
  });

  it('has the length, the size and the windows of its stylize pass', () => {
    const { travel, notes } = read({
      prompt_map: { '0': 'a fox', '32': 'a wolf', '96': 'a bear' },
      stylize_config: { '0': { width: 512, height: 904, length: 65, context: 24, overlap: 4, stride: 1 } },
    });
    for (const line of ['frames: 65', 'context: 24', 'stride: 2', 'overlap: 4', 'width: 512', 'height: 904'])
      expect(travel).toContain(`${line}\n`);
    expect(travel).toMatch(/\n0-16: a fox\n32-48: a wolf\n/);
    expect(notes).toMatch(/length-not-in-file: .*length: 65/);
    expect(notes).toMatch(/unreachable-keys: Keys from 65 on .*96: a bear/);
  });
});

describe('a key of prompt_map', () => {
  it.each<[string, RegExp]>([
    ['16.5', /^not-a-number: .*16\.5: a wolf$/m],
    ['abc', /^not-a-number: .*abc: a wolf$/m],
    ['', /^not-a-number: .*: : a wolf$/m],
    ['1e1', /^not-a-number: .*1e1: a wolf$/m],
    ['0x10', /^not-a-number: .*0x10: a wolf$/m],
    ['Infinity', /^not-a-number: .*Infinity: a wolf$/m],
    ['-4', /^other-fields: Prompts before frame 0 are left out\. They were: -4: a wolf$/m],
    ['9999', /^unreachable-keys: Keys from 9999 on .*9999: a wolf$/m],
  ])('%j is left out with a note', (key, note) => {
    const { travel, notes } = read({ prompt_map: { '0': 'a fox', '8': 'a bear', [key]: 'a wolf' } });
    expect(travel).toMatch(/\n0-4: a fox\n8-12: a bear\n$/);
    expect(notes).toMatch(note);
    expect(notes.match(/a wolf/g)).toHaveLength(1);
  });

  it.each(['16', '016', ' 16 ', '+16', '1_6'])('%j is frame 16, as Python reads it', (key) => {
    const { travel, notes } = read({ prompt_map: { '0': 'a fox', [key]: 'a wolf' } });
    expect(travel).toMatch(/\n0-8: a fox\n16-24: a wolf\n$/);
    expect(notes).not.toContain('a wolf');
  });

  it('that means a frame a second time replaces the first one', () => {
    const { travel, notes } = read({ prompt_map: { '0': 'a fox', '016': 'a wolf', '+16': 'a bear' } });
    expect(travel).toMatch(/\n0-8: a fox\n16-24: a bear\n$/);
    expect(notes).toMatch(/^duplicate-key: .*They were: 016: a wolf$/m);
  });
});

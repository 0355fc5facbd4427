import { describe, expect, it } from 'vitest';
import { type Imported, importTravel } from '../../exchange/import.ts';
import { checkTravel } from '../../grammar/language.ts';
import { testEnvironment } from '../grammar/environment.ts';

type Inputs = Readonly<Record<string, unknown>>;

const notes = ({ notes: all }: Imported) => all.map(({ key, message }) => `${key}: ${message}`).join('\n');

/** Settings that are wrong by themselves, whatever this computer has. */
function faults({ travel }: Imported): string[] {
  const { problems } = checkTravel(travel, testEnvironment());
  return problems
    .filter(({ code }) => /setting-(?:value|type|range)|unknown-setting/.test(code))
    .map(({ code }) => code);
}

/** A workflow that starts from what `loader` reads, with units that take the images of other loaders. */
function workflow(loader: readonly [type: string, inputs: Inputs], units: readonly Inputs[] = []): string {
  const nodes: Record<string, readonly [type: string, inputs: Inputs]> = {
    '1': ['CheckpointLoaderSimple', { ckpt_name: 'a.safetensors' }],
    '2': ['CLIPTextEncode', { text: 'a fox', clip: ['1', 1] }],
    '3': ['VAEEncode', { pixels: ['7', 0], vae: ['1', 2] }],
    '5': ['VAEDecode', { samples: ['4', 0], vae: ['1', 2] }],
    '6': ['VHS_VideoCombine', { images: ['5', 0], frame_rate: 12, format: 'image/gif' }],
    '7': loader,
  };
  let positive = ['2', 0];
  units.forEach((inputs, i) => {
    nodes[`${10 + i}`] = ['VHS_LoadVideo', inputs];
    nodes[`${20 + i}`] = ['ControlNetLoader', { control_net_name: `unit${i}.pth` }];
    nodes[`${30 + i}`] = [
      'ControlNetApplyAdvanced',
      { positive, control_net: [`${20 + i}`, 0], image: [`${10 + i}`, 0], strength: 0.5 },
    ];
    positive = [`${30 + i}`, 0];
  });
  const sampling = { model: ['1', 0], latent_image: ['3', 0], seed: 1, steps: 20, cfg: 7, denoise: 0.6 };
  nodes['4'] = ['KSampler', { ...sampling, positive }];
  return JSON.stringify(
    Object.fromEntries(Object.entries(nodes).map(([id, [type, inputs]]) => [id, { class_type: type, inputs }])),
  );
}

const read = (text: string) => importTravel([{ text }]);
const read24 = { force_rate: 12, frame_load_cap: 24, skip_first_frames: 6, select_every_nth: 1 };
const video = { video: 'dance.mp4', ...read24, force_size: 'Custom', custom_width: 512, custom_height: 384 };

describe('a ComfyUI workflow that starts from a video', () => {
  it('is one that starts from the same frames here', () => {
    const result = read(workflow(['VHS_LoadVideo', video]));
    expect(result.travel).toMatch(/frames: 24\n/);
    expect(result.travel).toMatch(/width: 512\nheight: 384\n/);
    expect(result.travel).toMatch(/denoising_strength: 0\.6\n/);
    expect(result.travel).toMatch(
      /video:\s+\{ ?source: dance\.mp4, from: 0\.5 ?\}|video:\n {2}source: dance\.mp4\n {2}from: 0\.5/,
    );
    expect(notes(result)).not.toContain('video-input');
    expect(faults(result)).toEqual([]);
  });

  it('reports which frame rate gives the same frames', () => {
    const other = read(workflow(['VHS_LoadVideo', { ...video, select_every_nth: 2 }]));
    expect(notes(other)).toMatch(/video-input: .*set `fps` to 6 /);
    const own = read(workflow(['VHS_LoadVideo', { ...video, force_rate: 0, frame_load_cap: 0 }]));
    expect(notes(own)).toMatch(/video-input: .*`fps` to the frame rate of the video, and `from`.*set `frames`/);
  });

  it('also starts from the video that its ControlNet units follow', () => {
    const result = read(workflow(['VHS_LoadVideo', video], [video]));
    expect(result.travel).toMatch(/source: dance\.mp4/);
    expect(result.travel).toMatch(/denoising_strength: 0\.6\n/);
    expect(notes(result)).toMatch(/video-input: The clip starts from dance\.mp4\. It begins at 0\.5 s there/);
    expect(faults(result)).toEqual([]);
    const image = { ...video, video: 'pose.mp4' };
    const own = read(workflow(['VHS_LoadVideo', video], [image, { ...image, video: 'edges.mp4' }]));
    expect(own.travel).toMatch(/source: dance\.mp4/);
    expect(own.travel).toMatch(/denoising_strength: 0\.6\n/);
    expect(faults(own)).toEqual([]);
  });

  it('reports that with ControlNet the video is for the units, if they follow another one', () => {
    const result = read(workflow(['VHS_LoadVideo', video], [{ video: 'pose.mp4' }]));
    expect(notes(result)).toMatch(/video-input: .*dance\.mp4.*denoise: 0\.6.*give each unit its own `video`/);
    expect(result.travel).not.toContain('denoising_strength');
  });

  it('reports which frames of it units follow, and nothing about frames that are replaced', () => {
    const unit = { ...video, video: 'dance.mp4' };
    const [other, same] = [
      { ...unit, force_rate: 0, skip_first_frames: 0 },
      { ...unit, skip_first_frames: 0 },
    ];
    const started = (units: readonly Inputs[]) =>
      notes(read(workflow(['VHS_LoadVideo', video], units).replace('"denoise":0.6', '"denoise":1')));
    expect(started([unit])).toMatch(/video-input: ControlNet units follow .*0\.5 s there.*`from`/);
    expect(started([other])).toMatch(/video-input: .*force_rate: 0.*`fps` to the frame rate of the video/);
    expect(started([same])).not.toContain('video-input');
  });

  it('reports that the clip has its size, if it is not in the file', () => {
    const result = read(workflow(['VHS_LoadVideo', { ...video, force_size: 'Disabled' }]));
    expect(notes(result)).toMatch(/video-input: .*set `width` and `height`/);
    expect(result.travel).not.toMatch(/width|height/);
    const image = read(workflow(['LoadImage', { image: 'a.png' }]));
    expect(notes(image)).toMatch(/init-image: .*size of a\.png.*`width`/);
  });

  it('keeps the video of each unit', () => {
    const result = read(workflow(['VHS_LoadVideo', video], [{ video: 'a.mp4' }, { video: 'b.mp4' }]));
    expect(result.travel).toMatch(/video: a\.mp4/);
    expect(result.travel).toMatch(/video: b\.mp4/);
    expect(faults(result)).toEqual([]);
  });

  it('is one that starts from the images of a folder', () => {
    const result = read(workflow(['VHS_LoadImagesPath', { directory: 'in', image_load_cap: 8, skip_first_images: 2 }]));
    expect(result.travel).toMatch(/init_image: in\ndenoising_strength: 0\.6/);
    expect(notes(result)).toMatch(/init-image: .*skip_first_images: 2/);
  });
});

describe('settings of Deforum', () => {
  const deforum = (settings: Inputs) =>
    read(JSON.stringify({ prompts: { '0': 'a fox' }, max_frames: 16, fps: 15, ...settings }));

  it('start from a video in mode “Video Input”', () => {
    const result = deforum({
      animation_mode: 'Video Input',
      video_init_path: 'dance.mp4',
      extract_nth_frame: 2,
      strength_schedule: '0: (0.6), 8: (0.4)',
    });
    expect(result.travel).toMatch(/source: dance\.mp4/);
    expect(result.travel).toMatch(/denoising_strength: \{ ?0: 0\.4, 8: 0\.6 ?\}/);
    expect(notes(result)).toMatch(/video-input: .*extract_nth_frame: 2/);
    expect(notes(result)).not.toContain('strength-schedule');
    expect(faults(result)).toEqual([]);
  });

  it('keep FILM, whose frame rate is raised there', () => {
    const film = { frame_interpolation_engine: 'FILM', frame_interpolation_x_amount: 4 };
    const result = deforum(film);
    expect(result.travel).toMatch(/fps: 60\n/);
    expect(result.travel).toMatch(/method: film, x: 3/);
    expect(faults(result)).toEqual([]);
    const slow = deforum({ ...film, frame_interpolation_slow_mo_enabled: true, frame_interpolation_slow_mo_amount: 4 });
    expect(slow.travel).toMatch(/fps: 15\n/);
  });

  it('report RIFE with what can be used', () => {
    const result = deforum({ frame_interpolation_engine: 'RIFE v4.6', frame_interpolation_x_amount: 2 });
    expect(notes(result)).toMatch(/interpolation-engine: .*RIFE v4\.6.*method: film, x: 1/);
    expect(result.travel).not.toContain('interpolate');
  });

  it('keep ControlNet units with their weights and inputs', () => {
    const result = deforum({
      cn_1_enabled: true,
      cn_1_module: 'canny',
      cn_1_model: 'control_v11p_sd15_canny [d14c016b]',
      cn_1_weight: '0:(1), 8:(0.5)',
      cn_1_guidance_start: '0:(0.0)',
      cn_1_guidance_end: '0:(0.8)',
      cn_1_vid_path: 'dance.mp4',
      cn_1_control_mode: 'ControlNet is more important',
      cn_1_resize_mode: 'Just Resize',
      cn_1_loopback_mode: false,
      cn_2_enabled: true,
      cn_2_module: 'none',
      cn_2_model: 'control_v11f1p_sd15_depth',
      cn_2_vid_path: 'depth.png',
      cn_3_enabled: true,
      cn_3_model: 'control_v11f1e_sd15_tile',
      cn_3_loopback_mode: true,
      cn_4_enabled: false,
      cn_4_model: 'off',
    });
    expect(result.travel).toMatch(/model: control_v11p_sd15_canny/);
    for (const part of [
      /weight: \{ ?0: 1, 8: 0\.5 ?\}/,
      /end: 0\.8/,
      /mode: control/,
      /resize: stretch/,
      /video: dance\.mp4/,
    ]) {
      expect(result.travel).toMatch(part);
    }
    expect(result.travel).toMatch(/image: depth\.png/);
    expect(result.travel).not.toContain('model: off');
    expect(notes(result)).toMatch(/controlnet-input: ControlNet unit 3 .*loopback/);
    expect(faults(result)).toEqual([]);
  });
});

describe('the video of AnimateDiff in a request', () => {
  const read = (fields: object) => {
    const args = [{ enable: true, video_length: 16, ...fields }];
    const result = importTravel([
      { text: JSON.stringify({ prompt: 'a', alwayson_scripts: { AnimateDiff: { args } } }) },
    ]);
    return { video: /^video: .*$/m.exec(result.travel)?.[0], notes: result.notes.map(({ message }) => message) };
  };

  it.each([
    [{ video_source: 'a.mp4' }, 'video: {source: a.mp4}'],
    [{ video_path: 'frames' }, 'video: {path: frames}'],
    [{ video_source: 'a.mp4', video_path: '' }, 'video: {source: a.mp4}'],
    [{ video_source: null, video_path: 'frames' }, 'video: {path: frames}'],
  ])('is read: %j', (fields, video) => {
    expect(read(fields).video).toBe(video);
    expect(read(fields).notes.join()).not.toContain('video_source');
  });

  it('is reported if there is a folder, too', () => {
    const { video, notes } = read({ video_source: 'a.mp4', video_path: 'frames' });
    expect(video).toBe('video: {path: frames}');
    expect(notes).toContainEqual(
      expect.stringMatching(/video_source is not carried over, .*folder video_path, frames, is used\. It was: a\.mp4$/),
    );
  });
});

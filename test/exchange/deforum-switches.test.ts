import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';

function imported(fields: Readonly<Record<string, unknown>>) {
  const settings = {
    animation_mode: '2D',
    max_frames: 40,
    fps: 12,
    sampler: 'Euler a',
    steps: 30,
    sd_model_name: 'a.safetensors',
    prompts: { '0': 'a' },
    ...fields,
  };
  const { travel, notes } = importTravel([{ text: JSON.stringify(settings) }]);
  return { travel, notes: notes.filter(({ key }) => key !== 'not-animatediff').map(({ message }) => message) };
}

const lines = (travel: string) => travel.split('\n').filter((line) => /^\w+: /.test(line) && !/^0: /.test(line));
const plain = imported({});

describe.each<[name: string, on: string, values: Readonly<Record<string, string>>, set: readonly string[]]>([
  ['the steps', 'enable_steps_scheduling', { steps_schedule: '0: (25)' }, ['steps: 25']],
  ['the sampler', 'enable_sampler_scheduling', { sampler_schedule: '0:("Euler")' }, ['sampler: Euler']],
  ['CLIP skip', 'enable_clipskip_scheduling', { clipskip_schedule: '0: (2)' }, ['clip_skip: 2']],
  ['the checkpoint', 'enable_checkpoint_scheduling', { checkpoint_schedule: '0: ("b.ckpt")' }, ['checkpoint: b.ckpt']],
  [
    'the variation',
    'enable_subseed_scheduling',
    { subseed_schedule: '0:(3)', subseed_strength_schedule: '0:(0.2)' },
    ['subseed: 3', 'subseed_strength: 0.2'],
  ],
  ['the noise of samplers', 'enable_ancestral_eta_scheduling', { ancestral_eta_schedule: '0: (0.5)' }, ['eta: 0.5']],
])('a schedule of %s', (_, on, values, set) => {
  const [[key, value]] = Object.entries(values) as [[string, string]];
  const first = /\((.*)\)/.exec(value)![1]!;
  const second = first.startsWith('"') ? '"DDIM"' : '9';

  it('has no effect if it is switched off', () => {
    expect(imported({ [on]: false, ...values })).toEqual(plain);
    expect(imported(values)).toEqual(plain);
  });

  it('is read if it is switched on', () => {
    const { travel, notes } = imported({ [on]: true, ...values });
    expect(lines(travel)).toEqual(expect.arrayContaining([...set]));
    expect(notes).toEqual([]);
  });

  it('is reported if it changes over time', () => {
    const written = `0: (${first}), 20: (${second})`;
    const { travel, notes } = imported({ [on]: true, ...values, [key]: written });
    expect(lines(travel)).toEqual(expect.arrayContaining([...set]));
    expect(notes).toEqual([`${key} cannot change over time here. Its first value is used. It was: ${written}`]);
  });

  it('is reported if it cannot be read', () => {
    const { notes } = imported({ [on]: true, ...values, [key]: 'often' });
    expect(notes).toEqual([`The schedule ${key} cannot be read, so it is not carried over. It was: often`]);
  });
});

describe('what has no equivalent', () => {
  it.each<[fields: Readonly<Record<string, unknown>>, off: Readonly<Record<string, unknown>>, message: string]>([
    [
      { add_soundtrack: 'File', soundtrack_path: 'a.mp3' },
      { add_soundtrack: 'None' },
      'A soundtrack is not carried over. It was: add_soundtrack: File, soundtrack_path: a.mp3',
    ],
    [
      { use_looper: true, init_images: '{"0": "y.png"}', tweening_frames_schedule: '0:(20)' },
      { use_looper: false },
      'The looper with its images is not carried over. It was: use_looper: true, init_images: {"0": "y.png"}, tweening_frames_schedule: 0:(20)',
    ],
    [
      { hybrid_composite: 'Normal', video_init_path: 'v.mp4' },
      { hybrid_composite: 'None' },
      'Hybrid video is not carried over. It was: hybrid_composite: Normal, video_init_path: v.mp4',
    ],
    [
      { hybrid_composite: true, hybrid_motion: 'Affine' },
      { hybrid_composite: false, hybrid_motion: 'None' },
      'Hybrid video is not carried over. It was: hybrid_composite: true, hybrid_motion: Affine',
    ],
    [
      { use_mask: true, mask_file: 'm.png' },
      { use_mask: false },
      'A mask is not carried over. It was: use_mask: true, mask_file: m.png',
    ],
    [
      { seed_behavior: 'schedule', seed_schedule: '0: (5), 10: (7)' },
      { seed_behavior: 'iter' },
      'A schedule of seeds is not carried over. It was: seed_behavior: schedule, seed_schedule: 0: (5), 10: (7)',
    ],
    [
      { parseq_manifest: '{"rendered_frames": []}' },
      { parseq_manifest: null },
      'A schedule of Parseq is not carried over. It was: parseq_manifest: {"rendered_frames": []}',
    ],
    [
      { r_upscale_video: true, r_upscale_factor: 'x4' },
      { r_upscale_video: false },
      'Upscaling is not carried over. It was: r_upscale_video: true, r_upscale_factor: x4',
    ],
  ])('is reported if it is switched on: %j', (fields, off, message) => {
    expect(imported(fields)).toEqual({ travel: plain.travel, notes: [message] });
    expect(imported({ ...fields, ...off })).toEqual(plain);
  });
});

describe('frame interpolation of older versions', () => {
  const engine = { frame_interpolation_engine: 'FILM' };

  it.each([
    [{ frame_interpolation_x_amount: 'Disabled' }, plain.travel.match(/^fps: .*$/m)?.[0], false],
    [{ frame_interpolation_x_amount: 'x2' }, 'fps: 24', true],
    [{ frame_interpolation_x_amount: 'x4', frame_interpolation_slow_mo_amount: 'x2' }, 'fps: 24', true],
    [{ frame_interpolation_x_amount: 'x4', frame_interpolation_slow_mo_amount: 'Disabled' }, 'fps: 48', true],
  ])('%j', (fields, fps, interpolates) => {
    const { travel, notes } = imported({ ...engine, ...fields });
    expect(lines(travel)).toContain(fps);
    expect(travel.includes('interpolate:')).toBe(interpolates);
    expect(notes).toEqual([]);
  });

  it('is reported with its slow motion if there is no such engine', () => {
    const { notes } = imported({
      frame_interpolation_engine: 'RIFE v4.6',
      frame_interpolation_x_amount: 2,
      frame_interpolation_slow_mo_enabled: true,
      frame_interpolation_slow_mo_amount: 3,
    });
    expect(notes).toEqual([expect.stringContaining('RIFE v4.6, 2 times as many frames, slowed down 3 times, is not')]);
  });
});

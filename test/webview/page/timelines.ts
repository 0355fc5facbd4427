/** Timelines as a language server answers them. */
import type { Timeline } from '../../../protocol/timeline.ts';

export const FRAMES = 32;

/** Of `examples/portrait.travel`. */
export const KEYS = [
  { frame: 0, text: '(closed eyes:1.3), closed mouth', line: 12 },
  { frame: 5, text: '(bun hair:1.3)', line: 13 },
  { frame: 15, text: 'red hair', line: 14 },
  { frame: 30, text: 'crying, tears', line: 15 },
] as const;

export function portraitTimeline(): Timeline {
  return {
    frames: FRAMES,
    fps: 8,
    width: 128,
    height: 128,
    steps: 12,
    settingSteps: 12,
    keys: KEYS.map(({ frame, text, line }, index) => ({
      line,
      index,
      frame,
      holdEnd: frame,
      transition: 'linear',
      text,
      negative: '',
    })),
    mix: { closed: false, plain: null },
    lanes: [{ name: 'cfg_scale', kind: 'number', values: [5] }],
    problems: [],
  };
}

/** With everything that a timeline can have: holds, cuts, easing, negative prompts, numbers, LoRAs. */
export function richTimeline(): Timeline {
  const keys = [
    { frame: 0, holdEnd: 4, transition: 'linear', text: 'spring meadow, morning light', negative: 'night' },
    { frame: 10, holdEnd: 10, transition: 'ease-in-out', text: 'summer, <lora:add_detail:0.8>', negative: '' },
    { frame: 18, holdEnd: 22, transition: 'cut', text: 'autumn leaves', negative: 'snow, ice' },
    { frame: 24, holdEnd: 24, transition: 'ease-in', text: 'first snow', negative: '' },
    { frame: 31, holdEnd: 31, transition: 'linear', text: 'winter, deep snow, blue hour', negative: 'leaves' },
  ];
  return {
    ...portraitTimeline(),
    keys: keys.map((key, index) => ({ ...key, index, line: 10 + index })),
    mix: { closed: false, plain: null },
    lanes: [
      { name: 'cfg_scale', kind: 'number', values: Array.from({ length: FRAMES }, (_, i) => 7 + (2 * i) / 31) },
      {
        name: 'add_detail',
        kind: 'lora',
        values: Array.from({ length: FRAMES }, (_, i) => Math.max(0, 0.8 - Math.abs(i - 10) * 0.08)),
      },
      { name: 'film_grain_with_a_long_name_v2', kind: 'lora', values: [0.4] },
    ],
    problems: [
      {
        severity: 'warning',
        line: 2,
        frame: null,
        message: 'The size is far from the size that the model was trained on.',
      },
      {
        severity: 'warning',
        line: 12,
        frame: 18,
        message: 'The LoRA “add_detail” is not named here, so its weight falls to 0.',
      },
      { severity: 'information', line: 13, frame: 24, message: 'Keyframes are closer than half the context.' },
    ],
  };
}

/** A keyframe every third frame. @param version of the text, which changes every prompt */
export function longTimeline(count: number, version = 0): Timeline {
  const frames = count * 3;
  const keys = Array.from({ length: count }, (_, index) => ({
    line: index + 4,
    index,
    frame: index * 3,
    holdEnd: index * 3,
    transition: 'linear',
    text: version === 0 ? `prompt ${index}` : `prompt ${index} of ${version}`,
    negative: '',
  }));
  return { ...portraitTimeline(), frames, keys, lanes: [], problems: [] };
}

/** 20,000 keyframes in 60,000 frames. */
export const hugeTimeline = (): Timeline => longTimeline(20_000);

export function withErrors(timeline: Timeline): Timeline {
  return {
    ...timeline,
    problems: [
      { severity: 'error', line: 8, frame: null, message: '“samplr” is not a setting. Did you mean sampler?' },
      { severity: 'error', line: 14, frame: 15, message: 'The bracket is never closed.' },
      { severity: 'warning', line: 15, frame: 30, message: 'The prompt has two spaces.' },
    ],
  };
}

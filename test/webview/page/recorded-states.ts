/** States of a preview as a host sends them: `examples/portrait.travel`, rendered with `pocket`. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import sharp from 'sharp';
import type { HostMessage, PreviewState } from '../../../protocol/preview.ts';
import type { FrameDetails, Timeline } from '../../../protocol/timeline.ts';
import { mixAt } from '../../../protocol/timeline-mix.ts';
import { BROKEN_INPUTS, guidedTimeline, INPUTS, inputPictures } from './recorded-inputs.ts';
import { FRAMES, hugeTimeline, KEYS, portraitTimeline, richTimeline, withErrors } from './timelines.ts';

const CLIP = resolve(import.meta.dirname, 'recorded/portrait.webp');
const HEAD = 'cute blonde woman with braids';
const TAIL = 'fox ears';
const NEGATIVE = 'render, cartoon, cgi, illustration, painting, drawing, (hands:1.3)';

/** A rendered file. */
export const DONE: Extract<HostMessage, { readonly type: 'state' }> = {
  type: 'state',
  name: 'portrait',
  subject: 'text',
  locked: false,
  state: { kind: 'done', summary: '32 frames', outdated: [] },
};

export function detailsAt(frame: number): FrameDetails {
  const timeline = portraitTimeline();
  const { from, to, t } = mixAt(timeline, frame)!;
  const covering = [0, 12, 16]
    .map((start) => Array.from({ length: 16 }, (_, i) => start + i))
    .filter((frames) => frames.includes(frame));
  const assembled = (key: number) => `${HEAD}, ${KEYS[key]!.text}, ${TAIL}`;
  return {
    frame,
    seconds: frame / 8,
    positive: { from: assembled(from), to: assembled(to), t, tokens: { from: [16], to: [14] } },
    negative: { from: NEGATIVE, to: NEGATIVE, t: 0, tokens: { from: [19], to: [19] } },
    seed: 42,
    values: [
      { name: 'cfg_scale', value: 5 },
      { name: 'motion_scale', value: 1 },
    ],
    windows: covering.map((frames) => ({ frames, weight: 1 / covering.length })),
  };
}

export const WINDOWS: HostMessage = {
  type: 'stepWindows',
  step: 0,
  windows: [
    { start: 0, stride: 1, length: 16 },
    { start: 12, stride: 1, length: 16 },
    { start: 16, stride: 1, length: 16 },
    { start: 0, stride: 2, length: 16 },
  ],
};

const state = (value: PreviewState, name: string | null = 'portrait'): HostMessage => ({
  type: 'state',
  name,
  subject: 'text',
  locked: false,
  state: value,
});

const timeline = (value: Timeline, version = 1): HostMessage => ({ type: 'timeline', version, timeline: value });
const details = (frame: number): HostMessage => ({ type: 'details', details: detailsAt(frame) });

export const clipBytes = () => new Uint8Array(readFileSync(CLIP));

/** The recorded clip as clip a or b. */
export function clip(side: 'a' | 'b' = 'a', id = 'renders/portrait/42.webp', label = 'seed 42, 10:31'): HostMessage {
  return {
    type: 'clip',
    side,
    id,
    label,
    content: { kind: 'animation', mime: 'image/webp', bytes: clipBytes(), fps: 8 },
  };
}

/** A clip that differs from the recorded one in every pixel. */
export async function otherClip(): Promise<HostMessage> {
  const images = await Promise.all(
    Array.from({ length: FRAMES }, async (_, page) => {
      const picture = sharp(CLIP, { page }).modulate({ hue: 140, brightness: 0.9 }).flop();
      return new Uint8Array(await picture.png().toBuffer());
    }),
  );
  return {
    type: 'clip',
    side: 'b',
    id: 'renders/portrait/7.webp',
    label: 'seed 7, yesterday',
    content: { kind: 'frames', mime: 'image/png', images, fps: 8 },
  };
}

/** The clip as it is after a part of the steps: small, and noisy. @param done from 0 to 1 */
export async function latents(done: number, step: number): Promise<HostMessage> {
  const size = 16;
  const parts = await Promise.all(
    Array.from({ length: FRAMES }, async (_, page) => {
      const picture = sharp(CLIP, { page }).removeAlpha().resize(size, size);
      return new Uint8Array(await picture.raw().toBuffer());
    }),
  );
  let seed = 1;
  const noise = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 16) % 256;
  };
  const rgb = Uint8Array.from(parts.flatMap((part) => [...part]).map((value) => value * done + noise() * (1 - done)));
  return { type: 'latents', step, frames: FRAMES, width: size, height: size, rgb };
}

export async function decodedFrame(frame: number): Promise<HostMessage> {
  const image = new Uint8Array(await sharp(CLIP, { page: frame }).webp({ quality: 90 }).toBuffer());
  return { type: 'frame', frame, image, mime: 'image/webp' };
}

/** A picture of a frame in one color. */
export async function filled(
  type: 'preview' | 'frame',
  frame: number,
  [r, g, b]: readonly [number, number, number],
): Promise<HostMessage> {
  const picture = sharp({ create: { width: 32, height: 32, channels: 3, background: { r, g, b } } });
  return { type, frame, image: new Uint8Array(await picture.webp().toBuffer()), mime: 'image/webp' };
}

export async function renders(): Promise<HostMessage[]> {
  const list = [
    {
      name: '42',
      seed: 42,
      stopped: null,
      differences: [],
      starred: false,
      date: Date.UTC(2026, 10, 29, 10, 31),
      frame: 12,
    },
    {
      name: '7',
      seed: 7,
      stopped: { after: 8, of: 12 },
      differences: ['seed 7, not 42'],
      starred: true,
      date: Date.UTC(2026, 10, 28, 17, 2),
      frame: 20,
    },
    {
      name: 'draft-42',
      seed: 42,
      stopped: null,
      differences: ['steps 4, not 12', 'keyframe at 15: “green hair”, not “red hair”'],
      starred: false,
      date: Date.UTC(2026, 10, 28, 16, 40),
      frame: 3,
    },
  ];
  const thumbnails = await Promise.all(
    list.map(async ({ name, frame }): Promise<HostMessage> => {
      const image = new Uint8Array(await sharp(CLIP, { page: frame }).resize(112).webp().toBuffer());
      return { type: 'thumbnail', id: `renders/portrait/${name}.webp`, image, mime: 'image/webp' };
    }),
  );
  return [
    {
      type: 'renders',
      renders: list.map(({ name, seed, stopped, differences, starred, date }) => ({
        id: `renders/portrait/${name}.webp`,
        name: `2026-11-29-${name}`,
        date,
        seed,
        stopped,
        differences,
        starred,
      })),
    },
    ...thumbnails,
  ];
}

export interface RecordedState {
  readonly name: string;
  /** Words that the page shows. */
  readonly words: readonly string[];
  readonly messages: () => Promise<readonly HostMessage[]>;
  /** What an earlier page has stored. */
  readonly stored?: unknown;
  /** A key that is pressed when everything is there. */
  readonly press?: string;
}

const basics = () => [timeline(portraitTimeline()), WINDOWS, details(0)];

const recorded = (
  name: string,
  words: readonly string[],
  messages: RecordedState['messages'],
  more: Pick<RecordedState, 'stored' | 'press'> = {},
): RecordedState => ({ name, words, messages, ...more });

const sampling = (step: number): PreviewState => ({
  kind: 'sampling',
  step,
  steps: 12,
  window: 2,
  windows: 3,
  secondsLeft: 47,
});

const SUMMARY = '32 frames, seed 42, in 2:57 on CPU';
const FILE: PreviewState = { kind: 'done', summary: '32 frames, seed 42', outdated: [] };
const finished = async (value: PreviewState, shown = portraitTimeline()) => [
  state(value),
  timeline(shown),
  WINDOWS,
  clip(),
  ...(await renders()),
  details(0),
];

/** Every state of the preview. */
export const RECORDED_STATES: readonly RecordedState[] = [
  recorded('no-file', ['No travel file open', 'Open File…'], async () => [state({ kind: 'no-file' }, null)]),
  recorded('never-rendered', ['Not rendered yet', 'Render Draft', 'red hair'], async () => [
    state({ kind: 'never-rendered' }),
    ...basics(),
    { type: 'cursor', frame: 12 },
    details(12),
  ]),
  recorded('errors', ['2 errors, first in line 9', 'Go to Line 9', 'Show Problems'], async () => [
    state({ kind: 'never-rendered' }),
    ...basics(),
    timeline(withErrors(portraitTimeline()), 2),
  ]),
  recorded('errors-after-render', ['2 errors, first in line 9', 'Go to Line 9'], async () => [
    ...(await finished({ kind: 'done', summary: SUMMARY, outdated: [] })),
    timeline(withErrors(portraitTimeline()), 2),
  ]),
  recorded('queued', ['Waiting to render', 'Second of 3'], async () => [
    state({ kind: 'queued', place: 'second of 3' }),
    ...basics(),
  ]),
  recorded('loading', ['Loading models…', 'Cancel'], async () => [state({ kind: 'loading' }), ...basics()]),
  recorded('sampling-first-step', ['Step 1 of 12', 'window 1 of 3'], async () => [
    state({ ...sampling(1), window: 1, secondsLeft: null } as PreviewState),
    ...basics(),
  ]),
  recorded('sampling', ['Step 8 of 12', 'window 2 of 3', '47 s left', 'Stop Here and Keep This'], async () => [
    state({ kind: 'loading' }),
    ...basics(),
    state(sampling(8)),
    await latents(0.65, 7),
  ]),
  recorded('decoding', ['Decoding frame 15 of 32', '6 s left'], async () => [
    state({ kind: 'loading' }),
    ...basics(),
    state(sampling(12)),
    await latents(0.97, 12),
    state({ kind: 'decoding', done: 14, total: 32, secondsLeft: 6 }),
    ...(await Promise.all(Array.from({ length: 14 }, (_, frame) => decodedFrame(frame)))),
  ]),
  recorded('writing', ['Writing files…'], async () => [
    state({ kind: 'loading' }),
    ...basics(),
    await latents(0.97, 12),
    ...(await Promise.all(Array.from({ length: FRAMES }, (_, frame) => decodedFrame(frame)))),
    state({ kind: 'writing' }),
  ]),
  recorded('done', ['Rendered', SUMMARY], () => finished({ kind: 'done', summary: SUMMARY, outdated: [] })),
  recorded('rich', ['Rendered', 'add_detail', '3 problems'], () =>
    finished({ kind: 'done', summary: SUMMARY, outdated: [] }, richTimeline()),
  ),
  recorded('out-of-date', ['Out of date', '16 frames', '6–14, 16–22'], () =>
    finished({
      kind: 'done',
      summary: SUMMARY,
      outdated: [6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22],
    }),
  ),
  recorded('all-out-of-date', ['Out of date', 'every frame'], () =>
    finished({ kind: 'done', summary: SUMMARY, outdated: null }),
  ),
  recorded('comparing', ['seed 42, 10:31', 'seed 7, yesterday'], async () => [
    ...(await finished({ kind: 'done', summary: SUMMARY, outdated: [] })),
    await otherClip(),
  ]),
  recorded('unsupported', ['MP4 videos cannot be shown in VS Code.', 'Open Outside'], async () => [
    state({ kind: 'done', summary: SUMMARY, outdated: [] }),
    ...basics(),
    {
      type: 'clip',
      side: 'a',
      id: 'renders/portrait/42.mp4',
      label: 'seed 42',
      content: { kind: 'unsupported', reason: 'MP4 videos cannot be shown in VS Code.' },
    },
  ]),
  recorded('rendered-file', ['Rendered', '32 frames, seed 42', 'Open Source', 'Render Again'], async () => [
    { ...DONE, name: '2026-11-29-42', subject: 'render', locked: true, state: FILE },
    ...basics(),
    clip('a', '/clips/2026-11-29-42.webp', '2026-11-29-42'),
  ]),
  recorded('file-without-source', ['No source found', 'It was not rendered by Prompt Travel.'], async () => [
    {
      ...DONE,
      name: 'holiday',
      subject: 'render',
      locked: true,
      state: { kind: 'failed', message: 'It was not rendered by Prompt Travel.', resumable: false },
    },
    clip('a', '/clips/holiday.webp', 'holiday'),
  ]),
  recorded('paused', ['Paused', 'Resume'], async () => [
    state({ kind: 'loading' }),
    ...basics(),
    await latents(0.4, 5),
    state({ kind: 'paused', detail: 'the window was closed at step 5 of 12' }),
  ]),
  recorded('cancelled-resumable', ['Canceled', 'Finished steps are saved.', 'Resume'], async () => [
    state({ kind: 'loading' }),
    ...basics(),
    await latents(0.4, 5),
    state({ kind: 'cancelled', resumable: true }),
  ]),
  recorded('cancelled', ['Canceled', 'Nothing was saved.'], async () => [
    state({ kind: 'cancelled', resumable: false }),
    ...basics(),
  ]),
  recorded('failed', ['Render failed', 'not enough memory', 'Resume', 'Show Log'], async () => [
    state({ kind: 'loading' }),
    ...basics(),
    state({
      kind: 'failed',
      message:
        'The engine stopped because there is not enough memory for 32 frames of 1024 × 1024. Use a smaller size or a smaller context.',
      resumable: true,
    }),
  ]),
  recorded('model-missing', ['Model not found', 'Choose Model Folders…'], async () => [
    state({ kind: 'model-missing', message: 'The checkpoint “realisticVision” was not found in your model folders.' }),
    ...basics(),
  ]),
  recorded('untrusted', ['Restricted Mode', 'Manage Trust'], async () => [state({ kind: 'untrusted' }), ...basics()]),
  recorded('no-engine', ['Rendering needs a computer'], async () => [state({ kind: 'no-engine' }), ...basics()]),
  recorded(
    'renders-tab',
    ['Renders (3)', 'Same as the text', 'seed 7, not 42', 'Stopped after step 8 of 12'],
    () => finished({ kind: 'done', summary: SUMMARY, outdated: [] }),
    { stored: { tab: 'renders' } },
  ),
  recorded(
    'help',
    ['Keyboard shortcuts', 'Previous or next keyframe'],
    () => finished({ kind: 'done', summary: SUMMARY, outdated: [] }),
    { press: '?' },
  ),
  recorded('full-view', ['Rendered'], () => finished({ kind: 'done', summary: SUMMARY, outdated: [] }), {
    press: 'z',
    stored: { background: 'checker', frame: 9 },
  }),
  recorded('arranged', ['100 %'], () => finished({ kind: 'done', summary: SUMMARY, outdated: [] }, richTimeline()), {
    stored: {
      frame: 12,
      zoom: { kind: 'factor', factor: 1, center: { x: 0.5, y: 0.5 } },
      span: { start: 6, end: 22 },
      range: { first: 8, last: 20 },
      loop: 'ping-pong',
      folded: false,
      background: 'checker',
    },
  }),
  recorded(
    'input',
    ['Not rendered yet', 'Source', 'Unit 1: canny', 'Unit 2: control_v11f1p_sd15_depth', '2 control_v11f1p_sd15_depth'],
    async () => [
      state({ kind: 'never-rendered' }),
      timeline(guidedTimeline()),
      WINDOWS,
      details(0),
      { type: 'inputs', inputs: INPUTS },
      ...(await inputPictures()),
    ],
    { stored: { input: 'beside' } },
  ),
  recorded(
    'input-beside-result',
    ['Rendered', 'Unit 1: canny', 'The unit does not act on this frame.'],
    async () => [
      ...(await finished({ kind: 'done', summary: SUMMARY, outdated: [] }, guidedTimeline())),
      { type: 'inputs', inputs: INPUTS },
      ...(await inputPictures(20)),
    ],
    { stored: { input: 'beside', frame: 20 } },
  ),
  recorded(
    'input-over-result',
    ['Rendered', 'Unit 1: canny'],
    async () => [
      ...(await finished({ kind: 'done', summary: SUMMARY, outdated: [] }, guidedTimeline())),
      { type: 'inputs', inputs: INPUTS },
      ...(await inputPictures(9)),
    ],
    { stored: { input: 'over', inputOpacity: 0.6, frame: 9 } },
  ),
  recorded(
    'input-problems',
    ['“dance.png” not found.', 'Folder “maps” not found.', 'The video cannot be read.', 'Loading…'],
    async () => [
      state({ kind: 'never-rendered' }),
      timeline(guidedTimeline()),
      WINDOWS,
      { type: 'inputs', inputs: BROKEN_INPUTS },
      { type: 'inputFailed', id: 0, message: 'The video cannot be read. Use another copy.' },
    ],
    { stored: { input: 'beside' } },
  ),
  recorded('huge', ['20,000 keyframes'], async () => [
    state({ kind: 'never-rendered' }),
    timeline(hugeTimeline()),
    { type: 'cursor', frame: 31_000 },
  ]),
  recorded('reconnecting', ['Reconnecting…', 'Show Log'], async () => [state({ kind: 'reconnecting' }), ...basics()]),
];

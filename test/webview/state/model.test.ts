import { describe, expect, it } from 'vitest';
import type { HostMessage, PreviewState } from '../../../protocol/preview.ts';
import { announcement } from '../../../webview/state/announce.ts';
import { looksOf } from '../../../webview/state/frame-looks.ts';
import { EMPTY_MODEL, type Model, opened, receive, sourceOf } from '../../../webview/state/model.ts';
import { rangesText, statusOf } from '../../../webview/state/status.ts';
import { portraitTimeline, withErrors } from '../page/timelines.ts';

const state = (value: PreviewState, name: string | null = 'portrait'): HostMessage => ({
  type: 'state',
  name,
  subject: 'text',
  locked: false,
  state: value,
});
const sampling = (step: number, window: number | null = null): HostMessage =>
  state({ kind: 'sampling', step, steps: 8, window, windows: window === null ? null : 4, secondsLeft: 9.2 });
const timeline = (value = portraitTimeline(), version = 1): HostMessage => ({
  type: 'timeline',
  version,
  timeline: value,
});
const LATENTS: HostMessage = { type: 'latents', step: 1, frames: 2, width: 1, height: 1, rgb: new Uint8Array(6) };
const FRAME: HostMessage = { type: 'frame', frame: 3, image: new Uint8Array(1), mime: 'image/webp' };
const clip = (side: 'a' | 'b' = 'a', id = 'one'): HostMessage => ({
  type: 'clip',
  side,
  id,
  label: id,
  content: { kind: 'animation', mime: 'image/webp', bytes: new Uint8Array(1), fps: 8 },
});
const DONE = state({ kind: 'done', summary: '32 frames', outdated: [] });
const LOADING = state({ kind: 'loading' });

const OPENED = { length: { frames: 32, width: 8, height: 8 }, failure: null };

const after = (...messages: HostMessage[]): Model => messages.reduce(receive, EMPTY_MODEL);

describe('the model', () => {
  it('keeps nothing of another file', () => {
    const model = after(DONE, timeline(), clip(), state({ kind: 'never-rendered' }, 'other'));
    expect(model).toEqual({ ...EMPTY_MODEL, name: 'other', state: { kind: 'never-rendered' } });
  });

  it('drops the pictures of the render before when another one begins, and only then', () => {
    const first = after(LOADING, sampling(1), LATENTS, FRAME);
    expect([first.latents?.step, [...first.decoded]]).toEqual([1, [3]]);
    const same = receive(
      receive(first, sampling(2)),
      state({ kind: 'decoding', done: 1, total: 4, secondsLeft: null }),
    );
    expect(same.decoded.size).toBe(1);
    const second = receive(same, state({ kind: 'queued', place: 'next' }));
    expect([second.latents, second.decoded.size]).toEqual([null, 0]);
    expect(receive(receive(second, LATENTS), LOADING).latents).not.toBeNull();
  });

  it('shows the running render, then its clip, and a clip that is chosen meanwhile', () => {
    const old = opened(after(DONE, clip()), 'a', 'one', OPENED);
    expect(sourceOf(old)).toBe('clip');
    const running = [LOADING, sampling(1), LATENTS].reduce(receive, old);
    expect(sourceOf(running)).toBe('run');
    const chosen = receive(running, clip('a', 'other'));
    expect(sourceOf(chosen)).toBe('run');
    expect(sourceOf(opened(chosen, 'a', 'other', OPENED))).toBe('clip');
    expect(sourceOf([state({ kind: 'cancelled', resumable: true })].reduce(receive, running))).toBe('run');
    const ended = [DONE, clip('a', 'new')].reduce(receive, running);
    expect(sourceOf(ended)).toBe('run');
    const replaced = opened(ended, 'a', 'new', OPENED);
    expect([sourceOf(replaced), replaced.latents, replaced.decoded.size]).toEqual(['clip', null, 0]);
    expect(sourceOf(EMPTY_MODEL)).toBe('none');
  });

  it('keeps the last good timeline while the text has errors, with the problems of the text', () => {
    const good = portraitTimeline();
    const broken = withErrors({ ...good, frames: 16, keys: [] });
    const model = after(timeline(good, 1), timeline(broken, 2));
    expect(model.timeline).toEqual({ version: 2, stale: true, timeline: { ...good, problems: broken.problems } });
    expect(receive(model, timeline(good, 3)).timeline).toEqual({ version: 3, stale: false, timeline: good });
  });

  it('shows what there is if the text had errors from the start', () => {
    const broken = withErrors(portraitTimeline());
    expect(after(timeline(broken)).timeline).toEqual({ version: 1, stale: true, timeline: broken });
  });

  it('takes warnings for what they are', () => {
    const warned = withErrors(portraitTimeline());
    const problems = warned.problems.filter(({ severity }) => severity !== 'error');
    expect(after(timeline(), timeline({ ...warned, problems }, 2)).timeline?.stale).toBe(false);
  });

  it('ignores the answer about a clip that is no longer shown', () => {
    const length = { frames: 32, width: 8, height: 8 };
    const model = after(DONE, clip('a', 'one'), clip('a', 'two'));
    expect(opened(model, 'a', 'one', { length, failure: null })).toBe(model);
    expect(opened(model, 'a', 'two', { length, failure: null }).a?.length).toEqual(length);
  });

  it('ends a comparison', () => {
    expect(after(DONE, clip(), clip('b'), { type: 'clearCompare' }).b).toBeNull();
  });
});

describe('the frames of the film', () => {
  const looks = (model: Model) => [0, 1, 3].map(looksOf(model));

  it('go from noise to decoded, and to out of date', () => {
    const running = after(LOADING, sampling(1), LATENTS);
    expect(looks(after(LOADING))).toEqual(['none', 'none', 'none']);
    expect(looks(running)).toEqual(['noise', 'noise', 'none']);
    expect(looks(receive(running, FRAME))).toEqual(['noise', 'noise', 'decoded']);
    const ended = opened([DONE, clip('a', 'new')].reduce(receive, running), 'a', 'new', OPENED);
    expect(looks(ended)).toEqual(['decoded', 'decoded', 'decoded']);
    const changed = receive(ended, state({ kind: 'done', summary: '', outdated: [1] }));
    expect(looks(changed)).toEqual(['decoded', 'outdated', 'decoded']);
    expect(looks(receive(ended, state({ kind: 'done', summary: '', outdated: null })))[0]).toBe('outdated');
  });
});

describe('the state in words', () => {
  it('counts progress by finished steps and windows', () => {
    expect(statusOf(after(sampling(1))).progress).toBe(0);
    expect(statusOf(after(sampling(3, 3))).progress).toBeCloseTo(2.5 / 8);
    expect(statusOf(after(state({ kind: 'decoding', done: 8, total: 32, secondsLeft: null }))).progress).toBe(0.25);
  });

  it('explains the number of steps if it is not the one of the file', () => {
    const other = timeline({ ...portraitTimeline(), steps: 8, settingSteps: 9 });
    expect(statusOf(after(sampling(3), other)).hint).toBe('The sampler makes 8 steps for steps: 9.');
    expect(statusOf(after(sampling(3), timeline({ ...portraitTimeline(), steps: 8, settingSteps: 8 }))).hint).toBe('');
    // The render is of a text with other steps.
    expect(statusOf(after(sampling(3), timeline({ ...portraitTimeline(), steps: 62, settingSteps: 60 }))).hint).toBe(
      '',
    );
  });

  it('says of a rendered file only whether it has a source', () => {
    const file = (value: PreviewState): HostMessage =>
      ({ ...(state(value) as object), subject: 'render' }) as HostMessage;
    const broken = timeline(withErrors(portraitTimeline()));
    const done = statusOf(after(file({ kind: 'done', summary: '32 frames', outdated: [] }), broken));
    expect([done.title, done.detail, done.actions]).toEqual(['Rendered', '32 frames', []]);
    const without = statusOf(after(file({ kind: 'failed', message: 'It has no source.', resumable: false })));
    expect([without.title, without.detail, without.actions]).toEqual(['No source found', 'It has no source.', []]);
  });

  it('offers to stop only if there is something to keep', () => {
    const labels = (model: Model) => statusOf(model).actions.map(({ label }) => label);
    expect(labels(after(sampling(1)))).toEqual(['Cancel']);
    expect(labels(after(sampling(2), LATENTS))).toEqual(['Stop Here and Keep This', 'Cancel']);
  });

  it('puts the errors of the text first, except while something is rendered', () => {
    const broken = timeline(withErrors(portraitTimeline()));
    expect(statusOf(after(state({ kind: 'never-rendered' }), broken)).title).toBe('2 errors, first in line 9');
    expect(statusOf(after(sampling(2), broken)).title).toBe('Step 2 of 8');
    expect(statusOf(after(state({ kind: 'untrusted' }), broken)).title).toBe('Restricted Mode');
  });

  it('lists frames as ranges', () => {
    expect(rangesText([9, 0, 1, 2, 3, 4, 12, 13])).toBe('0–4, 9, 12–13');
    expect(rangesText([0, 2, 4, 6, 8])).toBe('0, 2, 4 and more');
  });
});

describe('announcements', () => {
  const said = (...messages: HostMessage[]): string[] => {
    const texts: string[] = [];
    messages.reduce((model, message) => {
      const next = receive(model, message);
      const text = announcement(model, next);
      if (text !== null) texts.push(text);
      return next;
    }, EMPTY_MODEL);
    return texts;
  };

  it('are made for each quarter of the steps, once', () => {
    const steps = Array.from({ length: 8 }, (_, i) => [1, 2, 3, 4].map((window) => sampling(i + 1, window))).flat();
    expect(said(LOADING, ...steps).slice(1)).toEqual(['25 % sampled', '50 % sampled', '75 % sampled']);
  });

  it('say how a render ends', () => {
    expect(said(sampling(8), state({ kind: 'failed', message: 'No memory.', resumable: false }))).toEqual([
      'Render failed. No memory.',
    ]);
    expect(said(sampling(8), DONE)).toEqual(['Rendered. 32 frames']);
  });

  it('are not made when the page opens, nor for time that is left', () => {
    expect(said(DONE, timeline())).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { shownFrames } from '../../../plan/interpolation.ts';
import { testEnvironment } from '../environment.ts';

const FILE = { path: '/models/film_net_fp16.pt', size: 69_000_000, mtimeMs: 1 };

/** An environment with FILM's file. */
function withFilm(timed: boolean, name = 'film_net_fp16'): Environment {
  const environment = testEnvironment();
  return {
    ...environment,
    resolveModel: (kind, written) =>
      kind === 'film' && written === name
        ? { name, file: FILE, description: { kind: 'film', filters: 64, timed } }
        : environment.resolveModel(kind, written),
  };
}

function output(settings: string, body = 'a', environment = withFilm(true)) {
  const { plan, problems } = checkTravel(`---\n${settings}\n---\n${body}\n`, environment);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return plan!.output;
}

describe('the sound of a video in a plan', () => {
  it.each([
    ['', { from: 0, seconds: 2 }],
    ['from: 0.5, to: 1', { from: 0.5, seconds: 0.5 }],
    ['repeat: true', { from: 0, seconds: 2, repeat: { from: 0, to: null } }],
    ['from: 0.5, to: 1, repeat: true', { from: 0.5, seconds: 2, repeat: { from: 0.5, to: 1 } }],
  ])('starts again if the pictures do: %s', (part, expected) => {
    const video = `video: {source: a.mp4${part && `, ${part}`}}`;
    const text = `---\nframes: 16\nsave: [mp4]\naudio: keep\n${video}\n---\na\n`;
    const {
      path: _path,
      size: _size,
      mtimeMs: _time,
      ...sound
    } = checkTravel(
      part.includes('to') && !part.includes('repeat') ? text.replace('frames: 16', 'frames: 4') : text,
      testEnvironment(),
    ).plan!.output.sound!;
    expect(sound).toEqual(expected);
  });
});

describe('interpolation in a plan', () => {
  it('is absent without a method, and for a single frame', () => {
    expect(output('interpolate: {method: off}').interpolation).toBeNull();
    expect(output('frames: 1\ninterpolate: {method: blend}').interpolation).toBeNull();
  });

  it('counts n + (n − 1)·x frames, after `reverse`', () => {
    const open = output('frames: 16\ninterpolate: {method: blend, x: 10}');
    expect(open.interpolation).toEqual({ method: 'blend', count: 10, closed: false, cuts: [], findCuts: true });
    expect(shownFrames(open)).toBe(166);
    expect(shownFrames(output('frames: 4\nreverse: [add]\ninterpolate: {method: blend, x: 1}'))).toBe(15);
  });

  it('counts n·(x + 1) frames in a closed loop, but not in one window that plays once', () => {
    const loop = output('frames: 24\ncontext: 16\nclosed_loop: R-P\ninterpolate: {method: blend, x: 2}');
    expect([loop.interpolation?.closed, shownFrames(loop)]).toEqual([true, 72]);
    const short = output('frames: 16\nclosed_loop: A\ninterpolate: {method: blend, x: 1}');
    expect([short.interpolation?.closed, shownFrames(short)]).toEqual([true, 60]);
    const single = output('frames: 16\nclosed_loop: R+P\ninterpolate: {method: blend, x: 1}');
    expect([single.interpolation?.closed, shownFrames(single)]).toEqual([false, 31]);
  });

  it('does not change what frames show of a video, nor the sound, if `fps` keeps the duration', () => {
    const planOf = (settings: string) => {
      const { plan, problems } = checkTravel(`---\nframes: 4\nsave: [mp4]\n${settings}\n---\na\n`, testEnvironment());
      expect(problems.filter(({ severity }) => severity !== 'information')).toEqual([]);
      return plan!;
    };
    const blend = 'fps: 24\ninterpolate: {method: blend, x: 2}';
    const videos = ['video: {source: a.mp4, from: 1}', 'video: {source: a.mp4}\ncontrolnet: [{model: canny}]'];
    for (const input of videos.map((video) => `audio: keep\n${video}`)) {
      const [plain, more] = [planOf(`${input}\nfps: 8`), planOf(`${input}\n${blend}`)];
      expect(more.images).toEqual(plain.images);
      expect(more.control).toEqual(plain.control);
      expect(more.output.sound).toEqual(plain.output.sound);
      expect([more.images, more.control?.pictures ?? []].flat().map(({ shown }) => shown!.at)).toEqual([
        0, 0.125, 0.25, 0.375,
      ]);
    }
    const folder = 'video: {path: frames, from: 1}';
    expect(planOf(`${folder}\n${blend}`).images).toEqual(planOf(`${folder}\nfps: 8`).images);
  });

  it('knows the cuts of the text, also when it plays backward', () => {
    const body = '0: a\n4 cut: b\n8: c';
    const { interpolation } = output('frames: 12\ninterpolate: {method: blend, x: 1}', body);
    expect(interpolation?.cuts).toEqual([3]);
    const back = output('frames: 12\nreverse: [add]\ninterpolate: {method: blend, x: 1}', body);
    expect(back.interpolation?.cuts).toEqual([3, 19]);
    const ignored = output('frames: 12\ninterpolate: {method: blend, x: 1, cuts: ignore}', body);
    expect(ignored.interpolation).toMatchObject({ cuts: [], findCuts: false });
  });

  it('names FILM’s file, whose time is always used', () => {
    const { interpolation } = output('interpolate: {method: film, x: 3}', 'a', withFilm(false));
    expect(interpolation).toMatchObject({ method: 'film', model: FILE, timed: true, count: 3 });
    expect(
      output('interpolate: {method: film, x: 3}', 'a', withFilm(true, 'film_net_fp32')).interpolation,
    ).toMatchObject({
      model: FILE,
    });
  });

  it('is that of sd-webui-animatediff in its dialect', () => {
    const settings = 'dialect: webui\nframes: 16\ncontext: 16\nclosed_loop: A\ninterpolate: {method: film, x: 4}';
    const webui = output(settings, 'a', withFilm(false));
    // 30 frames with those that play back.
    expect(webui.interpolation).toMatchObject({ count: 3, closed: false, cuts: [], findCuts: false, timed: false });
    expect(shownFrames(webui)).toBe(117);
    expect(output(settings, 'a', withFilm(true)).interpolation).toMatchObject({ timed: true });
    expect(output('dialect: webui\nframes: 16\ninterpolate: {method: film, x: 1}').interpolation).toBeNull();
  });
});

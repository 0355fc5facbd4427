import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { NO_MACHINE } from '../../../plan/machine.ts';
import type { VideoHeader } from '../../../plan/video-header.ts';
import { testEnvironment } from '../environment.ts';
import { testVideo } from '../test-video.ts';

const text = (settings: string) => `---\n${settings}\n---\na`;

const check = (settings: string, header: VideoHeader, changes: Partial<Environment> = {}) =>
  checkTravel(text(settings), testEnvironment({ inputVideo: () => header, hasFfmpeg: true, ...changes }));

/** Codes and messages of the problems. */
const problems = (settings: string, header: VideoHeader, changes?: Partial<Environment>) =>
  check(settings, header, changes).problems.map(({ code, message }) => [code.replace('travel/', ''), message]);

/** The text after each fix. */
const fixed = (settings: string, header: VideoHeader) =>
  check(settings, header).problems.flatMap(({ fixes = [] }) =>
    fixes.map(({ title, edits }) => [title, applyEdits(text(settings), edits)]),
  );

describe('the length of a video', () => {
  it('is compared with the clip as the render does, with both numbers and two fixes', () => {
    expect(problems('frames: 16\nvideo: {source: a.mp4}', testVideo({}))).toEqual([]);
    expect(problems('frames: 17\nvideo: {source: a.mp4}', testVideo({}))).toEqual([
      [
        'video-length',
        '“a.mp4” is too short for a clip of 17 frames. It has 16 frames at 8 fps. The video is 2 s long. Set `frames` to 16, or `repeat: true`.',
      ],
    ]);
    expect(fixed('frames: 17\nvideo: {source: a.mp4}', testVideo({}))).toEqual([
      ['Set `frames` to 16', text('frames: 16\nvideo: {source: a.mp4}')],
      ['Add `repeat: true`', text('frames: 17\nvideo: {source: a.mp4, repeat: true}')],
    ]);
    expect(problems('frames: 17\nvideo: {source: a.mp4, repeat: true}', testVideo({}))).toEqual([]);
  });

  it('says why a clip of the webui dialect is longer than `frames`, and how it gets shorter', () => {
    const clip = 'dialect: webui\nframes: 4\nvideo: {source: a.mp4, to: 1}';
    const found = problems(clip, testVideo({})).filter(([code]) => code === 'video-length');
    expect(found).toEqual([
      [
        'video-length',
        '“a.mp4” is too short for a clip of 16 frames. In the webui dialect, `frames: 4` renders a whole context of 16. From 0 s to 1 s, it has 8 frames at 8 fps. The video is 2 s long. Set `context` to 8, or `repeat: true`.',
      ],
    ]);
    expect(fixed(clip, testVideo({})).map(([title]) => title)).not.toContain('Set `frames` to 8');
    const folder = { ...testEnvironment().inputImages!('a', '')!, kind: 'folder' as const };
    const found2 = check('dialect: webui\nframes: 4\ninit_image: x', testVideo({}), {
      inputImages: () => folder,
    }).problems;
    expect(found2.find(({ code }) => code === 'travel/too-few-images')?.message).toBe(
      '“x” has 1 image, but the clip has 16 frames. In the webui dialect, `frames: 4` renders a whole context of 16. Set `context` to 1, or add images.',
    );
  });

  it('counts from `from` to `to`', () => {
    expect(problems('frames: 9\nvideo: {source: a.mp4, from: 0.5, to: 1.5}', testVideo({}))).toEqual([
      [
        'video-length',
        '“a.mp4” is too short for a clip of 9 frames. From 0.5 s to 1.5 s, it has 8 frames at 8 fps. The video is 2 s long. Set `frames` to 8, or `repeat: true`.',
      ],
    ]);
    expect(problems('frames: 8\nvideo: {source: a.mp4, from: 2.5}', testVideo({}))).toEqual([
      [
        'video-length',
        '`from` is after the end of “a.mp4”. It is 2.5 s, and the video is 2 s long. Use an earlier `from`.',
      ],
    ]);
    expect(problems('frames: 16\nvideo: {source: a.mp4, to: 10}', testVideo({}))).toEqual([
      [
        'video-length',
        '`to` is after the end of “a.mp4”. It is 10 s, and the video is 2 s long, so it is used to its end.',
      ],
    ]);
  });

  it('is that of what can be read of a file that is cut off', () => {
    const header = testVideo({ seconds: 29 / 24, cutOffFrom: 2 });
    expect(problems('frames: 10\nvideo: {source: a.mp4}', header)).toEqual([
      ['video-length', '“a.mp4” is cut off. Only 1.208 s of 2 s can be read. The clip needs no more.'],
    ]);
    const [[, message] = []] = problems('frames: 16\nvideo: {source: a.mp4}', header);
    expect(message).toContain('It has 10 frames at 8 fps. The file is cut off: only 1.208 s of 2 s can be read.');
  });

  it('is not compared if the header does not have it', () => {
    expect(problems('frames: 900\nvideo: {source: a.ts}', testVideo({ container: 'other', seconds: null }))).toEqual(
      [],
    );
  });

  it('explains a rate that `interpolate` lowers, and is no slow motion', () => {
    const settings = 'frames: 5\ninterpolate: {method: blend, x: 3}\nvideo: {source: a.mp4}';
    expect(problems(settings, testVideo({}))).toEqual([
      [
        'video-length',
        '“a.mp4” is too short for a clip of 5 frames. It has 4 frames at 2 fps (`fps` ÷ 4, because of `interpolate`). The video is 2 s long. Set `frames` to 4, or `repeat: true`.',
      ],
    ]);
  });

  it('is compared with rendered frames, which `interpolate` adds others between', () => {
    const settings = (frames: number) =>
      `frames: ${frames}\nfps: 24\ninterpolate: {method: blend, x: 2}\nvideo: {source: a.mp4}`;
    expect(problems(settings(16), testVideo({}))).toEqual([]);
    expect(problems(settings(17), testVideo({}))).toEqual([
      [
        'video-length',
        expect.stringContaining(
          'It has 16 frames at 8 fps (`fps` ÷ 3, because of `interpolate`). The video is 2 s long.',
        ),
      ],
    ]);
  });

  it('of a ControlNet unit cannot be extended', () => {
    const settings = 'frames: 17\ncontrolnet: [{model: canny, preprocessor: canny, video: a.mp4}]';
    expect(fixed(settings, testVideo({}))).toEqual([['Set `frames` to 16', text(settings.replace('17', '16'))]]);
  });
});

describe('a video', () => {
  it('that cannot be used is an error', () => {
    const image = { kind: 'refused', reason: 'image', is: 'is one image, not a video. Use a video.' } as const;
    const advice = (settings: string) => problems(settings, image).map(([, message]) => message);
    expect(problems('video: {source: still.png}', image)).toEqual([
      [
        'unusable-video',
        '“still.png” is one image, not a video. Use it as `init_image`, or use a video or a folder of images.',
      ],
    ]);
    expect(advice('video: {source: still.png}\ncontrolnet: [{model: canny, preprocessor: canny}]')).toEqual([
      '“still.png” is one image, not a video. Use it as `image` of the units, or use a video or a folder of images.',
    ]);
    expect(advice('controlnet: [{model: canny, preprocessor: canny, video: still.png}]')).toEqual([
      '“still.png” is one image, not a video. Use it as `image` of the unit, or use a video.',
    ]);
    expect(fixed('controlnet: [{model: canny, preprocessor: canny, video: still.png}]', image)).toEqual([
      ['Use it as `image`', text('controlnet: [{model: canny, preprocessor: canny, image: "still.png"}]')],
    ]);
    expect(fixed('video: {source: still.png, from: 1}', image)).toEqual([
      ['Use it as `init_image`', text('init_image: "still.png"')],
    ]);
    const shared =
      'controlnet:\n  - model: canny\n    weight: 0.5\n  - {model: pose, image: a.png}\n  - {model: canny}';
    expect(fixed(`video:\n  source: still.png\n${shared}`, image)).toEqual([
      [
        'Use it as `image`',
        text(
          'controlnet:\n  - model: canny\n    image: "still.png"\n    weight: 0.5\n  - {model: pose, image: a.png}\n  - {model: canny, image: "still.png"}',
        ),
      ],
    ]);
    // Frames would not start from it any more.
    expect(fixed(`video: {source: still.png}\n${shared}\ndenoising_strength: 0.5`, image)).toEqual([]);
  });

  it('that is the image of a unit is an error', () => {
    const unit = (key: string) => `controlnet: [{model: canny, preprocessor: canny, ${key}: dance.mp4}]`;
    expect(problems(unit('image'), testVideo({}))).toEqual([
      ['video-as-image', expect.stringMatching(/^“dance\.mp4” is a video, not an image\. Use `video`/)],
    ]);
    expect(fixed(unit('image'), testVideo({}))).toEqual([['Use it as `video`', text(unit('video'))]]);
  });

  it('is named in an information if it is HDR, or has the extension of another container', () => {
    expect(problems('video: {source: a.mov}', testVideo({ isHdr: true }))).toEqual([
      ['hdr-video', expect.stringMatching(/^“a.mov” is HDR\. .*`zscale` and `tonemap`/)],
    ]);
    expect(problems('video: {source: a.mp4}', testVideo({ container: 'webm' }))).toEqual([
      ['misleading-extension', expect.stringContaining('It is read as what it is: WebM.')],
    ]);
    expect(problems('video: {source: a.mov}', testVideo({ container: 'mp4' }))).toEqual([]);
  });

  it('without sound is a warning if the sound is kept', () => {
    const settings = 'audio: keep\nsave: [mp4]\nvideo: {source: a.mp4}';
    expect(problems(settings, testVideo({}))).toEqual([
      ['no-sound', '“a.mp4” has no sound. The clip is written without any. Use another video, or remove `audio`.'],
    ]);
    expect(problems(settings, testVideo({ hasAudio: true }))).toEqual([]);
    expect(problems(settings, testVideo({ hasAudio: null }))).toEqual([]);
  });

  it('is sampled at a frame rate that is a fraction', () => {
    const film = testVideo({ seconds: 48 / (24_000 / 1001) });
    expect(problems('fps: 24000/1001\nframes: 48\nvideo: {source: a.mp4}', film)).toEqual([]);
    expect(problems('fps: 24000 / 1001\nframes: 49\nvideo: {source: a.mp4}', film)).toEqual([
      ['video-length', expect.stringContaining('It has 48 frames at 23.976 fps. The video is 2.002 s long.')],
    ]);
    expect(problems('fps: 24/0', film)).toEqual([['setting-type', expect.any(String)]]);
  });

  it('needs ffmpeg, unless it is an animation', () => {
    const without = { hasFfmpeg: false };
    expect(problems('video: {source: a.mp4}', testVideo({}), without)).toEqual([
      ['ffmpeg-missing', expect.stringMatching(/^“a.mp4” needs ffmpeg, which was not found\. Install it/)],
    ]);
    expect(
      problems('video: {source: a.mp4}', testVideo({}), { ...without, machine: { ...NO_MACHINE, ffmpeg: '/nope' } }),
    ).toEqual([
      ['ffmpeg-missing', expect.stringMatching(/^“a.mp4” needs ffmpeg, and “\/nope” is not a program\. Correct/)],
    ]);
    expect(problems('video: {source: a.gif}', testVideo({ container: 'gif' }), without)).toEqual([]);
    expect(problems('save: [webm]', testVideo({}), without)).toEqual([
      ['ffmpeg-missing', expect.stringMatching(/^`webm` needs ffmpeg/)],
    ]);
    expect(problems('video: {source: a.mp4}', testVideo({}), { hasFfmpeg: null })).toEqual([]);
  });
});

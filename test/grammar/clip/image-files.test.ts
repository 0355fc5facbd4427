import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import type { RefusedVideo, VideoHeader } from '../../../plan/video-header.ts';
import { testEnvironment } from '../environment.ts';
import { testVideo } from '../test-video.ts';

const file = (settings: string) => `---\n${settings}\n---\na`;
const unit = (parts: string) => `controlnet: [{model: canny, preprocessor: canny, ${parts}}]`;

/** Every setting that names an image or a mask, with the name of the file. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['init_image', 'init_image: NAME'],
  ['last_frame', 'init_image: a.png\nlast_frame: NAME'],
  ['inpaint_mask', 'init_image: a.png\ninpaint_mask: NAME'],
  ['mask', `mask: NAME\n${unit('image: a.png')}`],
  ['image of a unit', unit('image: NAME')],
  ['image of a unit at a position', unit('image: {0: a.png, 8: NAME}')],
  ['mask of a unit', unit('image: a.png, mask: NAME')],
];

const refused = (reason: RefusedVideo['reason'], is = 'is damaged or not a video.'): VideoHeader => ({
  kind: 'refused',
  reason,
  is,
});

/** Problems of a file, in which `NAME` has a header. */
function found(settings: string, name: string, header: VideoHeader) {
  const text = file(settings.replace('NAME', name));
  const { problems } = checkTravel(
    text,
    testEnvironment({ inputVideo: (path) => (path === name ? header : refused('image')), hasFfmpeg: true }),
  );
  return problems.map(({ code, severity, message, span, fixes = [] }) => ({
    code: code.replace('travel/', ''),
    severity,
    message,
    at: text.slice(span.start, span.end),
    fixed: fixes.map(({ edits }) => applyEdits(text, edits)),
  }));
}

describe.each(SETTINGS)('a file that is named in %s', (_, settings) => {
  it.each([
    ['notes.txt', refused('other'), /^“notes\.txt” is damaged or not an image\. Use a PNG/],
    ['empty.png', refused('broken', 'is empty (0 bytes).'), /^“empty\.png” is empty \(0 bytes\)\.$/],
    ['page.png', refused('web-page'), /^“page\.png” is a web page \(HTML\), not an image\./],
    ['photo.heic', refused('other-image'), /^“photo\.heic” is an image of a kind that cannot be read\. Convert/],
  ])('is an error if it is none: %s', (name, header, message) => {
    expect(found(settings, name, header)).toEqual([
      { code: 'unusable-image', severity: 'error', message: expect.stringMatching(message), at: name, fixed: [] },
    ]);
  });

  it('is an error if it is a video', () => {
    expect(found(settings, 'dance.mp4', testVideo({}))).toEqual([
      expect.objectContaining({
        code: 'video-as-image',
        severity: 'error',
        message: expect.stringMatching(/^“dance\.mp4” is a video, not an? (?:image|mask)\. /),
        at: 'dance.mp4',
      }),
    ]);
  });

  it('is an information if only the first frame of an animation is used', () => {
    expect(found(settings, 'dance.gif', testVideo({ container: 'gif' }))).toEqual([
      expect.objectContaining({
        code: 'video-as-image',
        severity: 'information',
        message: expect.stringMatching(/^“dance\.gif” is an animation, of which only the first frame is used\. /),
      }),
    ]);
  });

  it('is right if it is one image', () => {
    expect(found(settings, 'still.png', refused('image'))).toEqual([]);
    expect(found(settings, 'still.gif', testVideo({ container: 'gif', frames: 1 }))).toEqual([]);
  });
});

describe('advice for a video in the place of an image', () => {
  const advice = (settings: string) => {
    const [problem] = found(settings, 'dance.mp4', testVideo({}));
    return [problem!.message.replace(/^.*?\. /, ''), ...problem!.fixed];
  };

  it('is to use it as the video that frames start from', () => {
    const use = 'Use `video`, from which each frame of the clip starts at its time.';
    expect(advice('init_image: NAME')).toEqual([use, file('video: {source: "dance.mp4"}')]);
    expect(advice('init_image: NAME\nvideo: {path: frames}')).toEqual([use]);
    // With units, frames would start from noise.
    const withUnit = `init_image: NAME\n${unit('image: a.png')}`;
    expect(advice(withUnit)).toEqual([use]);
    expect(advice(`${withUnit}\ndenoising_strength: 0.5`)).toEqual([
      use,
      file(`video: {source: "dance.mp4"}\n${unit('image: a.png')}\ndenoising_strength: 0.5`),
    ]);
  });

  it('is to use it as the video of the unit', () => {
    const use = 'Use `video`, which shows each frame of the clip the video at its time.';
    expect(advice(unit('image: NAME'))).toEqual([use, file(unit('video: dance.mp4'))]);
    expect(advice(unit('image: {0: NAME}'))).toEqual([use]);
  });

  it('is to make a folder of masks at the rate of the rendered frames', () => {
    const write = (fps: number) =>
      `Write its frames into a folder, such as with \`ffmpeg -i dance.mp4 -vf fps=${fps} masks/%05d.png\`, and name the folder.`;
    expect(advice(`mask: NAME\n${unit('image: a.png')}`)).toEqual([write(8)]);
    expect(advice('fps: 24\ninterpolate: {method: blend, x: 1}\ninit_image: a.png\ninpaint_mask: NAME')).toEqual([
      write(12),
    ]);
  });

  it('is to use one of its frames as the last one', () => {
    expect(advice('init_image: a.png\nlast_frame: NAME')).toEqual(['Save one of its frames as PNG, and use that.']);
  });
});

describe('an input of the wrong kind', () => {
  const inputs: Readonly<Record<string, VideoHeader>> = { 'dance.mp4': testVideo({}), 'still.png': refused('image') };

  function messages(settings: string) {
    const text = file(settings);
    const environment = testEnvironment({
      missingInput: (path, kind) => {
        const isFolder = !path.includes('.');
        return isFolder === (kind === 'folder') ? null : { found: isFolder ? 'folder' : 'file', names: [] };
      },
      inputImages: (path) => {
        const isFile = path.includes('.');
        const files = Array.from({ length: isFile ? 1 : 16 }, (_, i) => ({ path: `/f/${i}.png`, size: 9, mtimeMs: 1 }));
        return { kind: isFile ? 'file' : 'folder', files };
      },
      inputVideo: (path) => inputs[path] ?? null,
      hasFfmpeg: true,
    });
    const { problems } = checkTravel(text, environment);
    const missing = problems.filter(({ code }) => code === 'travel/missing-file');
    return missing.map(({ message, fixes = [] }) => [message, ...fixes.map(({ edits }) => applyEdits(text, edits))]);
  }

  it.each([
    [
      unit('image: poses'),
      '“poses” is a folder, but a file is expected. Use `batch` for a folder of images.',
      unit('batch: poses'),
    ],
    [
      unit('video: poses'),
      '“poses” is a folder, but a file is expected. Use `batch` for a folder of images.',
      unit('batch: poses'),
    ],
    [unit('image: {0: poses}'), '“poses” is a folder, but a file is expected. Write the path of a file in it.', null],
    [
      unit('batch: still.png'),
      '“still.png” is a file, but a folder is expected. Use `image` for one image.',
      unit('image: still.png'),
    ],
    [
      unit('batch: dance.mp4'),
      '“dance.mp4” is a file, but a folder is expected. Use `video` for a video.',
      unit('video: dance.mp4'),
    ],
    [
      unit('batch: notes.txt'),
      '“notes.txt” is a file, but a folder is expected. Write the path of the folder with the images.',
      null,
    ],
    [
      'video: {source: poses}',
      '“poses” is a folder, but a file is expected. Use `path` for a folder.',
      'video: {path: poses}',
    ],
    [
      'video: {path: dance.mp4}',
      '“dance.mp4” is a file, but a folder is expected. Use `source` for a video.',
      'video: {source: dance.mp4}',
    ],
    [
      'init_image: a.png\nlast_frame: poses',
      '“poses” is a folder, but a file is expected. Write the path of a file in it.',
      null,
    ],
  ])('is told how to name it: %s', (settings, message, fixed) => {
    expect(messages(settings)).toEqual([[message, ...(fixed === null ? [] : [file(fixed)])]]);
  });

  it.each([
    ['image: poses', 'Use `batch` for a folder of images.'],
    ['video: poses', 'Use `batch` for a folder of images.'],
    ['batch: still.png', 'Use `image` or `video`.'],
  ])('is told so in an extended file, too: %s', (parts, advice) => {
    const environment = testEnvironment({
      readTravelFile: () => ({ path: 'style.travel', text: file(unit(parts)) }),
      inputImages: (path) => ({ kind: path.includes('.') ? 'file' : 'folder', files: [] }),
    });
    const { problems } = checkTravel(file('extends: style.travel'), environment);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining(`is expected. ${advice}`)]);
  });

  it('has no quick fix if the unit has the other part, too', () => {
    expect(messages(unit('image: poses, batch: frames'))).toEqual([[expect.stringContaining('Use `batch`')]]);
  });
});

/** Every setting that can name a folder. */
const FOLDERS = [
  ['video.path', 'video: {path: frames}'],
  ['init_image', 'init_image: frames'],
  ['inpaint_mask', 'init_image: a.png\ninpaint_mask: frames'],
  ['batch', unit('batch: frames')],
  ['mask', `mask: frames\n${unit('image: a.png')}`],
  ['mask of a unit', unit('image: a.png, mask: frames')],
] as const;

describe('a folder with empty images', () => {
  /** @param empty numbers of images of 0 bytes, of 6 */
  function messages(settings: string, empty: readonly number[]) {
    const images = Array.from({ length: 6 }, (_, i) => ({
      path: `/f/${i}.png`,
      size: empty.includes(i) ? 0 : 9,
      mtimeMs: 1,
    }));
    const environment = testEnvironment({
      inputImages: (path) =>
        path === 'frames' ? { kind: 'folder', files: images } : { kind: 'file', files: images.slice(0, 1) },
    });
    const { problems } = checkTravel(file(`frames: 4\n${settings}`), environment);
    return problems.map(({ code, severity, message }) => `${code} ${severity}: ${message}`);
  }

  it.each(FOLDERS)('is an error that says so: %s', (_, settings) => {
    const what = settings.includes('mask') ? 'masks' : 'images';
    expect(messages(settings, [0, 1, 2, 3, 4, 5])).toEqual([
      `travel/folder-images error: All 6 ${what} in “frames” are empty (0 bytes). Use other copies.`,
    ]);
    expect(messages(settings, [1, 3])).toEqual([
      'travel/folder-images error: “1.png” and “3.png” in “frames” are empty (0 bytes). Use other copies.',
    ]);
    expect(messages(settings, [3])).toEqual([
      'travel/folder-images error: “3.png” in “frames” is empty (0 bytes). Use another copy.',
    ]);
    // The clip uses four of them.
    expect(messages(settings, [4, 5])).toEqual([]);
  });
});

describe('a folder with files that are no images', () => {
  /** @param unusable headers of images of 6, by their numbers */
  function messages(settings: string, unusable: Readonly<Record<number, VideoHeader>>) {
    const images = Array.from({ length: 6 }, (_, i) => ({ path: `/f/${i}.png`, size: i === 5 ? 0 : 9, mtimeMs: 1 }));
    const environment = testEnvironment({
      inputImages: (path) =>
        path === 'frames' ? { kind: 'folder', files: images } : { kind: 'file', files: images.slice(0, 1) },
      imageDefect: (image) => {
        const header = unusable[images.indexOf(image)];
        return header?.kind === 'refused' ? header : null;
      },
    });
    const { problems } = checkTravel(
      file(settings.includes('frames: ') ? settings : `frames: 4\n${settings}`),
      environment,
    );
    return problems.map(({ code, severity, message }) => `${code} ${severity}: ${message}`);
  }

  it.each(FOLDERS)('is an error about those that the clip shows: %s', (_, settings) => {
    const what = settings.includes('mask') ? 'masks' : 'images';
    const [page, text] = [refused('web-page'), refused('other')];
    expect(messages(settings, { 2: page })).toEqual([
      'travel/unusable-image error: “2.png” in “frames” is a web page (HTML), not an image. Download the image itself.',
    ]);
    expect(messages(settings, { 1: text, 2: page, 3: text, 4: page })).toEqual([
      `travel/unusable-image error: 3 ${what} in “frames” cannot be used. The first one, “1.png”, is damaged or not an image. Use a PNG, JPEG, WebP, TIFF or GIF file.`,
    ]);
    expect(messages(settings, { 4: page })).toEqual([]);
  });

  it('is an error about the part of the shared folder that the clip shows', () => {
    const part = 'video: {path: frames, from: 0.25}\nframes: 3';
    expect(messages(part, { 1: refused('other') })).toEqual([]);
    expect(messages(part, { 2: refused('other') })).toEqual([expect.stringContaining('“2.png” in “frames” is')]);
  });
});

it.each([
  ['init_image: "data:image/png;base64,iVBORw0KGgo="', 'Data URLs are not supported.'],
  ['video: {source: "DATA:video/mp4;base64,AAAA"}', 'Data URLs are not supported.'],
  [unit('image: {0: "data:image/png;base64,iVBORw0KGgo="}'), 'Data URLs are not supported.'],
  ['init_image: "file:///home/me/a.png"', 'File URLs are not supported. Write the path without `file://`.'],
  ['init_image: "https://example.com/a.png"', 'Links are not supported.'],
])('an address in the place of a file gets a sentence of its own: %s', (settings, message) => {
  const { problems } = checkTravel(file(settings), testEnvironment());
  expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
});

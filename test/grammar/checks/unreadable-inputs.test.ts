import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { testEnvironment } from '../environment.ts';
import { testVideo } from '../test-video.ts';

const IS = 'is a link that leads nowhere. Change the link, or use the file itself.';

/** Every input whose path has “bad” is there, but cannot be read. */
const environment = (changes: Partial<Environment> = {}) =>
  testEnvironment({
    missingInput: (path) => (path.includes('bad') ? { found: 'unreadable', is: IS, names: [] } : null),
    inputVideo: (path) => (path.endsWith('.mp4') && !path.includes('bad') ? testVideo({}) : null),
    hasFfmpeg: true,
    ...changes,
  });

const unit = (input: string) => `controlnet: [{model: pose, ${input}}]`;

/** Each problem, with the text that it is at. */
function problems(settings: string, changes?: Partial<Environment>) {
  const text = `---\nframes: 16\n${settings}\n---\na`;
  return checkTravel(text, environment(changes)).problems.map(({ code, severity, message, span }) => ({
    code: code.replace('travel/', ''),
    severity,
    message,
    at: text.slice(span.start, span.end),
  }));
}

describe('an input that is there but cannot be read', () => {
  it.each([
    ['init_image: bad.png'],
    ['init_image: frames-bad'],
    ['init_image: a.png\nlast_frame: bad.png'],
    ['init_image: a.png\ninpaint_mask: bad.png'],
    ['video: {source: bad.mp4}'],
    ['video: {path: frames-bad}'],
    [unit('image: bad.png')],
    [unit('image: {0: a.png, 4: bad.png}')],
    [unit('batch: frames-bad')],
    [unit('video: bad.mp4')],
    [unit('image: a.png, mask: bad.png')],
    [`mask: bad.png\n${unit('image: a.png')}`],
  ])('is one error at its name, with the reason: %s', (settings) => {
    const [, path] = /(frames-bad|bad\.\w+)/.exec(settings)!;
    expect(problems(settings)).toEqual([
      { code: 'missing-file', severity: 'error', message: `“${path}” ${IS}`, at: path },
    ]);
  });

  it.each([
    ['video.path', 'video: {path: frames}'],
    ['init_image', 'init_image: frames'],
    ['inpaint_mask', 'init_image: a.png\ninpaint_mask: frames'],
    ['batch', unit('batch: frames')],
    ['mask', `mask: frames\n${unit('image: a.png')}`],
  ])('is one error at the folder that has it, of %s', (_, settings) => {
    const inFolder = (count: number, bad: readonly string[]): Partial<Environment> => ({
      inputImages: (path) => {
        if (!path.includes('frames')) return { kind: 'file', files: [{ path: `/c/${path}`, size: 9, mtimeMs: 1 }] };
        const files = Array.from({ length: count }, (__, i) => ({ path: `/c/frames/${i}.png`, size: 9, mtimeMs: 1 }));
        const unopened = bad.map((name) => ({ name, is: IS }));
        return { kind: 'folder', files, others: { unreadable: [], videos: [], folders: [], ignored: [], unopened } };
      },
    });
    const error = (message: string) => [{ code: 'folder-images', severity: 'error', message, at: 'frames' }];
    for (const count of [0, 4, 16]) {
      expect(problems(settings, inFolder(count, ['00004.png']))).toEqual(error(`“00004.png” in “frames” ${IS}`));
    }
    expect(problems(settings, inFolder(4, ['1.png', '2.png', '3.png']))).toEqual(
      error(`“1.png” in “frames” ${IS} The same folder has 2 more that cannot be read.`),
    );
  });

  it('is one error of a file that another one extends', () => {
    const base = `---\nframes: 16\ninit_image: bad.png\n---\na`;
    const readTravelFile = () => ({ path: '/elsewhere/base.travel', text: base });
    const missingInput: Environment['missingInput'] = (_, __, from) =>
      from === '/elsewhere/base.travel' ? { found: 'unreadable', is: IS, names: [] } : null;
    const found = problems('extends: base.travel', { readTravelFile, missingInput });
    expect(found.map(({ message }) => message)).toEqual([expect.stringContaining(`“bad.png” ${IS}`)]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { buildLock, lockedFiles } from '../../../plan/lock.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { testEnvironment } from '../environment.ts';
import { planOf, problemsOf } from './checked-clip.ts';

const starts = ({ frames }: TravelPlan) => frames.map(({ start }) => start);

describe('a plan of a clip that starts from a video', () => {
  const range = { from: 0, to: null, repeat: false };

  it('names the times that its frames show', () => {
    const plan = planOf('video: {source: a.mp4}\nframes: 3\ndenoising_strength: {0: 0.4, 2: 0.6}');
    const file = { path: '/projects/clips/a.mp4', size: 10, mtimeMs: 1 };
    expect(plan.images).toEqual([0, 0.125, 0.25].map((at) => ({ ...file, shown: { at, ...range } })));
    expect(starts(plan)).toEqual([0, 1, 2].map((image) => [{ image, share: 1 }]));
    expect(plan.sampling.denoising).toBe(0.6);
    expect(plan.frames.map(({ denoising }) => denoising)).toEqual([0.4, 0.5, undefined]);
  });

  it('keeps what its frames show outside of a mask', () => {
    const inpaints = (settings: string) => {
      const plan = planOf(`${settings}\nframes: 3`);
      return [plan.masks.length, ...plan.frames.map(({ inpaint }) => [inpaint!.image, inpaint!.mask])];
    };
    expect(inpaints('video: {source: a.mp4}\ninpaint_mask: m.png')).toEqual([1, [0, 0], [1, 0], [2, 0]]);
    const again = 'video: {path: frames, from: 1.75, repeat: true}';
    expect(inpaints(`${again}\ninpaint_mask: frames/masks`)).toEqual([3, [0, 0], [1, 1], [0, 2]]);
    expect(problemsOf('video: {source: a.mp4}\ninpaint_mask: missing/x')[0]![0]).toBe('missing-file');
  });

  it('carries the part, and another makes another lock', () => {
    const plan = planOf('video: {source: a.mp4, from: 1, to: 2, repeat: true}\nframes: 2');
    expect(plan.images[1]!.shown).toEqual({ at: 0.125, from: 1, to: 2, repeat: true });
    expect(lockedFiles(plan).filter(({ kind }) => kind === 'image')).toHaveLength(1);
    const facts = {
      versions: { promptTravel: '1', engine: 1, onnxRuntime: '1' },
      models: ['', '', ''],
      sha256: String,
    };
    expect(buildLock(plan, facts).values).not.toBe(
      buildLock(planOf('video: {source: a.mp4, from: 1}\nframes: 2'), facts).values,
    );
  });

  it('has the images of a folder, each once, from a time on and again', () => {
    const plan = planOf('video: {path: frames, from: 1.75, repeat: true}\nframes: 5');
    expect(plan.images.map(({ path }) => path)).toEqual([
      '/projects/clips/frames/14.png',
      '/projects/clips/frames/15.png',
    ]);
    expect(starts(plan)).toEqual([0, 1, 0, 1, 0].map((image) => [{ image, share: 1 }]));
  });

  it('also guides ControlNet units, and frames start from it only if a strength is set', () => {
    const units = 'frames: 2\nvideo: {source: a.mp4}\ncontrolnet: [{model: canny}]';
    const alone = planOf('frames: 2\nvideo: {source: a.mp4}\ndenoising_strength: {0: 0.4, 1: 0.75}');
    const guided = planOf(units);
    expect([guided.images, starts(guided), guided.sampling.denoising]).toEqual([[], [undefined, undefined], null]);
    const both = planOf(`${units}\ndenoising_strength: {0: 0.4, 1: 0.75}`);
    expect([both.images, starts(both), both.sampling.denoising]).toEqual([alone.images, starts(alone), 0.75]);
    expect(both.frames.map(({ denoising }) => denoising)).toEqual([0.4, undefined]);
    expect(both.control).toEqual(guided.control);
    expect(both.frames.map(({ controls }) => controls)).toEqual(guided.frames.map(({ controls }) => controls));
    // As much as without the setting, but it is set.
    expect(planOf(`${units}\ndenoising_strength: 0.75`).images).toHaveLength(2);
    const given = checkTravel(`---\n${units}\n---\na\n`, testEnvironment({}), {
      overrides: { denoising_strength: 0.5 },
    });
    expect(given.plan!.sampling.denoising).toBe(0.5);
    const base = { path: '/base.travel', text: '---\ndenoising_strength: 0.5\n---\n' };
    const extended = planOf(`extends: base.travel\n${units}`, { readTravelFile: () => base });
    expect(extended.sampling.denoising).toBe(0.5);
  });

  it('is masked with ControlNet units, too', () => {
    const units = 'frames: 2\nvideo: {source: a.mp4}\ncontrolnet: [{model: canny}]\ninpaint_mask: m.png';
    const { masks, frames } = planOf(`${units}\ndenoising_strength: 0.5`);
    expect([masks.length, ...frames.map(({ inpaint }) => inpaint)]).toEqual([
      1,
      { image: 0, mask: 0 },
      { image: 1, mask: 0 },
    ]);
    expect(problemsOf(units)).toEqual([
      [
        'setting-has-no-effect',
        '“inpaint_mask” has no effect because frames do not start from the video. With `controlnet`, set `denoising_strength` to start from it, too, or remove this line.',
      ],
    ]);
  });

  it('needs a strength if all units have an input of their own', () => {
    const own = 'frames: 2\nvideo: {source: a.mp4}\ncontrolnet: [{model: canny, image: a.png}]';
    expect(problemsOf(own)).toEqual([
      [
        'setting-has-no-effect',
        '“video” has no effect because every ControlNet unit has its own input. Set `denoising_strength` to start from the video, or remove this line.',
      ],
    ]);
    expect(planOf(`${own}\ndenoising_strength: 0.5`).images).toHaveLength(2);
  });

  it('is not made with `init_image`, which a message says', () => {
    expect(problemsOf('init_image: a.png\nvideo: {source: a.mp4}')).toEqual([
      ['setting-has-no-effect', expect.stringContaining('“video” has no effect with `init_image`.')],
    ]);
    expect(planOf('init_image: a.png\nframes: 2').images).toHaveLength(1);
  });

  it('says what is wrong with a folder', () => {
    const folder = (others: object, count = 0) => ({
      inputImages: () => ({
        kind: 'folder' as const,
        files: Array.from({ length: count }, (_, i) => ({ path: `/x/${i * 5}.png`, size: 1, mtimeMs: 1 })),
        others: { unreadable: [], videos: [], folders: [], ignored: [], ...others },
      }),
    });
    const of = (changes: Partial<Environment>, settings = 'video: {path: x}') => problemsOf(settings, changes);
    expect(of(folder({ videos: ['clip.mp4'] }))[0]![1]).toContain('It has the video “clip.mp4”: use `source`');
    expect(of(folder({ folders: ['take1'] }))[0]![1]).toContain('It has the folders take1');
    const messages = of(folder({ ignored: ['notes.txt'], folders: ['old'] }, 16)).map(([, message]) => message);
    expect(messages).toEqual([expect.stringContaining('Ignored: notes.txt, old.')]);
    expect(of(folder({}, 16), 'video: {path: x, to: 1}')[0]![1]).toContain(
      'has 8 images from 0 s to 1 s, but the clip has 16',
    );
  });

  it('says what is wrong with every folder of images or masks', () => {
    const others = { unreadable: ['1.tga'], videos: [], folders: ['old'], ignored: ['notes.txt'] };
    const files = Array.from({ length: 16 }, (_, i) => ({ path: `/x/${i}.png`, size: 1, mtimeMs: 1 }));
    const folder: Partial<Environment> = {
      inputImages: (path) =>
        path === 'x' ? { kind: 'folder', files, others } : testEnvironment().inputImages!(path, ''),
    };
    const unit = 'controlnet: [{model: pose, image: a.png}]';
    const settings = [
      'video: {path: x}',
      'init_image: x',
      'init_image: a.png\ninpaint_mask: x',
      `mask: x\n${unit}`,
      'controlnet: [{model: pose, image: a.png, mask: x}, {model: pose, batch: x}]',
    ];
    for (const each of settings) {
      const text = `---\n${each}\n---\na\n`;
      const found = checkTravel(text, testEnvironment(folder)).problems;
      const named = found.map(({ code, severity, span }) => [code, severity, text.slice(span.start, span.end)]);
      const times = each.split(': x').length - 1;
      expect(named).toEqual(
        Array.from({ length: times }, () => [
          ['travel/folder-images', 'error', 'x'],
          ['travel/folder-images', 'information', 'x'],
        ]).flat(),
      );
      expect(found[1]!.message).toContain('Ignored: notes.txt, old.');
    }
  });

  it('names GIF files that a folder of `init_image` leaves out', () => {
    const files = ['0.png', '1.gif', '2.png'].map((name) => ({ path: `/x/${name}`, size: 1, mtimeMs: 1 }));
    const others = { unreadable: [], videos: [], folders: [], ignored: [] };
    const found = problemsOf('init_image: x\nframes: 2', { inputImages: () => ({ kind: 'folder', files, others }) });
    expect(found).toContainEqual(['folder-images', expect.stringContaining('Ignored: 1.gif.')]);
  });

  it('offers what a folder has instead of an image for each frame', () => {
    const offered = (settings: string, names: readonly string[], videos: readonly string[] = []) => {
      const files = names.map((name) => ({ path: `/x/${name}`, size: 1, mtimeMs: 1 }));
      const others = { unreadable: [], videos, folders: [], ignored: [] };
      const folder: Partial<Environment> = {
        inputImages: (path) =>
          path === 'x/' ? { kind: 'folder', files, others } : testEnvironment().inputImages!(path, ''),
      };
      const text = `---\nframes: 3\n${settings}\n---\na\n`;
      const { problems } = checkTravel(text, testEnvironment(folder));
      const fixes = problems.flatMap(({ code, fixes = [] }) => (code === 'travel/too-few-images' ? fixes : []));
      return fixes.map(({ title, edits }) => [title, applyEdits(text, [...edits]).slice(14, -7)]);
    };
    expect(offered('video: {path: x/}', ['only.png'])).toContainEqual([
      'Use “only.png” as `init_image`',
      'init_image: "x/only.png"',
    ]);
    expect(offered('video: {path: x/}\ncontrolnet: [{model: canny}]', ['only.png'])).toContainEqual([
      'Use “only.png” as `image`',
      'controlnet: [{model: canny, image: "x/only.png"}]',
    ]);
    expect(offered('controlnet: [{model: canny, batch: x/}]', ['only.png'])).toEqual([
      ['Use “only.png” as `image`', 'controlnet: [{model: canny, image: "x/only.png"}]'],
    ]);
    expect(offered('controlnet: [{model: canny, image: a.png, mask: x/}]', ['only.png'])).toEqual([
      ['Use “only.png” as `mask`', 'controlnet: [{model: canny, image: a.png, mask: "x/only.png"}]'],
    ]);
    expect(offered('init_image: x/', ['only.png'])).toEqual([
      ['Use “only.png” as `init_image`', 'init_image: "x/only.png"'],
    ]);
    expect(offered('video: {path: x/}', [], ['clip.mp4'])).toEqual([
      ['Use “clip.mp4” as `source`', 'video: {source: "x/clip.mp4"}'],
    ]);
    expect(offered('controlnet: [{model: canny, batch: x/}]', [], ['clip.mp4'])).toEqual([
      ['Use “clip.mp4” as `video`', 'controlnet: [{model: canny, video: "x/clip.mp4"}]'],
    ]);
    expect(offered('init_image: x/', [], ['clip.mp4'])).toEqual([
      ['Use “clip.mp4” as `video`', 'video: {source: "x/clip.mp4"}'],
    ]);
    expect(offered('video: {path: x/}', ['1.png', '2.png']).map(([title]) => title)).toEqual([
      'Set `frames` to 2',
      'Add `repeat: true`',
    ]);
  });

  it('asks whether missing numbers of a video’s frames are numbers of frames of the clip', () => {
    const files = [0, 1, 2, 6].map((n) => ({ path: `/x/${n}.png`, size: 1, mtimeMs: 1 }));
    const folder: Partial<Environment> = {
      inputImages: (path) => (path === 'x' ? { kind: 'folder', files } : testEnvironment().inputImages!(path, '')),
    };
    const offered = (settings: string) => {
      const text = `---\n${settings}\n---\na\n`;
      const { problems } = checkTravel(text, testEnvironment(folder));
      return problems.flatMap(({ code, fixes = [] }) =>
        code === 'travel/numbered-images' || code === 'travel/folder-images'
          ? fixes.map(({ edits }) => applyEdits(text, [...edits]).slice(4, -7))
          : [],
      );
    };
    const images = '{0: "x/0.png", 1: "x/1.png", 2: "x/2.png", 6: "x/6.png"}';
    expect(offered('frames: 2\nvideo: {path: x}\ncontrolnet: [{model: canny}]')).toEqual([
      'frames: 4\nvideo: {path: x}\ncontrolnet: [{model: canny}]',
      `frames: 7\ncontrolnet: [{model: canny, image: ${images}}]`,
    ]);
    expect(offered('frames: 4\nvideo: {path: x}\ncontrolnet: [{model: canny}]')).toEqual([
      `frames: 7\ncontrolnet: [{model: canny, image: ${images}}]`,
    ]);
    expect(offered('frames: 4\ncontrolnet: [{model: canny, batch: x}]')).toEqual([
      `frames: 7\ncontrolnet: [{model: canny, image: ${images}}]`,
    ]);
    // Each frame starts from an image, so that none can be left out.
    expect(offered('frames: 2\nvideo: {path: x}')).toEqual(['frames: 4\nvideo: {path: x}']);
    expect(offered('frames: 4\nvideo: {path: x}')).toEqual([]);
  });

  it('reports numbers that are missing between images', () => {
    const files = [0, 1, 2, 6, 7, 12].map((n) => ({ path: `/x/${n}.png`, size: 1, mtimeMs: 1 }));
    const found = problemsOf('video: {path: x}\nframes: 6', { inputImages: () => ({ kind: 'folder', files }) });
    expect(found).toEqual([
      ['folder-images', expect.stringMatching(/6 images with numbers up to 12.*6 comes after 2/)],
    ]);
  });
});

describe('a plan with the sound of a video', () => {
  it('names the part that the shown frames have, until `to`', () => {
    const settings = 'video: {source: a.mp4, from: 1, to: 2.5}\naudio: keep\nsave: [mp4]\nfps: 8\nframes: 12';
    const file = { path: '/projects/clips/a.mp4', size: 10, mtimeMs: 1 };
    expect(planOf(settings).output.sound).toEqual({ ...file, from: 1, seconds: 1.5 });
  });

  it('is made for formats that have sound, which a message says', () => {
    expect(problemsOf('video: {source: a.mp4}\naudio: keep\nsave: [webp]')).toEqual([
      [
        'setting-has-no-effect',
        expect.stringContaining('“audio” has no effect without `mp4`, `webm`, `prores` or `ffv1` in `save`.'),
      ],
    ]);
    expect(problemsOf('video: {path: frames}\naudio: keep\nsave: [mp4]')).toEqual([
      ['setting-has-no-effect', expect.stringContaining('“audio” has no effect without `video › source`.')],
    ]);
    expect(planOf('video: {source: a.mp4}\nsave: [mp4]').output).not.toHaveProperty('sound');
  });
});

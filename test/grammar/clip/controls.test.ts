import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { allFiles } from '../../../plan/model-files.ts';
import { TravelPlan } from '../../../plan/plan.ts';
import { testEnvironment } from '../environment.ts';

const checked = (settings: string, changes: Partial<Environment> = {}) =>
  checkTravel(`---\n${settings}\n---\na\n`, testEnvironment(changes));

function planOf(settings: string): TravelPlan {
  const { plan, problems } = checked(settings);
  expect(problems.filter(({ severity }) => severity !== 'information')).toEqual([]);
  return TravelPlan.parse(plan);
}

const problemsOf = (settings: string, changes: Partial<Environment> = {}) =>
  checked(settings, changes).problems.map(({ code, message }) => [code.slice('travel/'.length), message]);

const names = ({ control }: TravelPlan) =>
  control?.pictures.map(({ file }) => file.path.slice('/projects/clips/'.length));
/** The picture and the weight of the first unit in each frame. */
const first = ({ frames }: TravelPlan) =>
  frames.map(({ controls }) => (controls?.[0] ? [controls[0].picture, controls[0].weight] : null));

describe('a plan with ControlNet', () => {
  it('has one picture for all frames, and what the unit says', () => {
    const plan = planOf('frames: 2\ncontrolnet: [{model: pose, image: a.png}]');
    expect(plan.control).toEqual({
      units: [
        {
          name: 'pose',
          file: { path: '/models/controlnet/pose.safetensors', size: 1, mtimeMs: 1 },
          preprocessor: 'none',
          resize: 'crop',
          mode: 'balanced',
          start: 0,
          end: 1,
          pooled: false,
        },
      ],
      pictures: [{ file: { path: '/projects/clips/a.png', size: 10, mtimeMs: 1 } }],
    });
    expect(first(plan)).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it('has pictures at positions, none between them, and weights that travel', () => {
    const plan = planOf(
      'frames: 5\ncontrolnet: [{model: pose, image: {0: a.png, 2-3: b.png, -1: a.png}, weight: {0: 1, 2: 0, -1: 0.5}}]',
    );
    expect(names(plan)).toEqual(['a.png', 'b.png']);
    expect(first(plan)).toEqual([[0, 1], null, null, [1, 0.25], [0, 0.5]]);
  });

  it('has a picture of a folder for each frame, in order', () => {
    const plan = planOf('frames: 3\ncontrolnet: [{model: pose, batch: frames}]');
    expect(names(plan)).toEqual(['frames/0.png', 'frames/1.png', 'frames/2.png']);
    expect(first(plan)).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
  });

  it('has what the shared video shows in each frame, unless the unit has an input of its own', () => {
    const plan = planOf(
      'frames: 2\nfps: 4\nvideo: {source: a.mp4, from: 1}\ncontrolnet: [{model: pose}, {model: canny, video: b.mp4}, {model: canny, image: a.png}]',
    );
    expect(plan.images).toEqual([]);
    const shown = (at: number, from: number) => ({ at, from, to: null, repeat: false });
    expect(plan.control?.pictures.map(({ file, ...rest }) => [file.path.split('/').at(-1), rest.shown])).toEqual([
      ['a.mp4', shown(0, 1)],
      ['a.mp4', shown(0.25, 1)],
      ['b.mp4', shown(0, 0)],
      ['b.mp4', shown(0.25, 0)],
      ['a.png', undefined],
    ]);
    expect(plan.frames.map(({ controls }) => controls?.map((own) => own?.picture))).toEqual([
      [0, 2, 4],
      [1, 3, 4],
    ]);
    expect(
      allFiles(plan)
        .map(({ path }) => path.split('/').at(-1))
        .filter((name) => name!.startsWith('a.')),
    ).toEqual(['a.mp4', 'a.png']);
  });

  it('has the images of a folder of frames', () => {
    const plan = planOf('frames: 2\nvideo: {path: frames}\ncontrolnet: [{model: pose}]');
    expect(names(plan)).toEqual(['frames/0.png', 'frames/1.png']);
  });

  it('has several units, with pictures in common, and knows aliases and the shuffle model', () => {
    const plan = planOf(
      'frames: 1\ncontrolnet: [{model: canny, preprocessor: scribble, image: a.png}, {model: shuffle, image: a.png, mode: prompt, resize: fill, start: 0.1, end: 0.5}]',
    );
    expect(names(plan)).toEqual(['a.png']);
    expect(plan.control?.units).toMatchObject([
      { preprocessor: 'scribble_xdog', pooled: false },
      { name: 'shuffle', pooled: true, mode: 'prompt', resize: 'fill', start: 0.1, end: 0.5 },
    ]);
    expect(plan.frames[0]!.controls).toEqual([
      { picture: 0, weight: 1 },
      { picture: 0, weight: 1 },
    ]);
  });

  it('has no unit that never acts', () => {
    const plan = planOf('frames: 2\ncontrolnet: [{model: pose, image: a.png, weight: 0}]');
    expect(plan.control).toBeUndefined();
    expect(plan.frames[0]).not.toHaveProperty('controls');
  });
});

describe('problems of ControlNet units', () => {
  it('are reported for the model', () => {
    const unit = (model: string) => problemsOf(`frames: 1\ncontrolnet: [{model: ${model}, image: a.png}]`);
    expect(unit('pos')).toEqual([
      ['unknown-model', 'ControlNet “pos” not found in the model folders. Did you mean “pose”?'],
    ]);
    expect(unit('adapter')).toEqual([
      ['wrong-model-kind', '“adapter” is a T2I-Adapter, which is not supported. Use a ControlNet for SD 1.5.'],
    ]);
    expect(unit('sdxl_canny')).toEqual([
      [
        'not-available-yet',
        '“sdxl_canny” is a ControlNet of SDXL, which is not supported. Use a ControlNet for SD 1.5.',
      ],
    ]);
  });

  it('are reported for the input', () => {
    expect(problemsOf('frames: 20\ncontrolnet: [{model: pose, batch: frames}]')).toEqual([
      ['too-few-images', '“frames” has 16 images, but the clip has 20 frames. Set `frames` to 16, or add images.'],
    ]);
    expect(problemsOf('frames: 2\ncontrolnet: [{model: pose, image: {0: missing/pos.png, 1: a.png}}]')).toEqual([
      ['missing-file', 'File “missing/pos.png” not found. Did you mean “pose.png”?'],
    ]);
    expect(problemsOf('frames: 1\ncontrolnet: [{model: pose, video: missing/pos.mp4}]')).toEqual([
      ['missing-file', expect.stringContaining('“missing/pos.mp4” not found')],
    ]);
    const inherited = problemsOf('extends: base.travel', {
      readTravelFile: (path) => ({ path, text: '---\ncontrolnet: [{model: pose, batch: missing/x}]\n---\n' }),
    });
    expect(inherited).toEqual([
      ['missing-file', 'In “base.travel”: File or folder “missing/x” not found. Check the path.'],
    ]);
  });

  it('are reported for its values', () => {
    expect(problemsOf('controlnet: [{model: pose, image: a.png, start: 0.8, end: 0.2}]')).toEqual([
      ['controlnet-range', expect.stringContaining('`start` is 0.8, and its `end` is 0.2')],
    ]);
    expect(problemsOf('controlnet: [{model: pose, image: a.png, weight: 3}]').map(([code]) => code)).toEqual([
      'setting-range',
    ]);
    expect(problemsOf('controlnet: [{model: pose, image: a.png, preprocessor: depth}]')).toEqual([
      ['not-available-yet', expect.stringContaining('The preprocessor “depth” is not available yet. Use none, canny,')],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { allFiles } from '../../../plan/model-files.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { testEnvironment } from '../environment.ts';
import { checked, planOf, problemsOf } from './checked-clip.ts';

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

  it('has the shared mask, or one of a folder for each frame, and the unit’s own instead', () => {
    const plan = planOf(
      'frames: 2\nmask: frames\ncontrolnet: [{model: pose, image: a.png}, {model: canny, image: a.png, mask: b.png}]',
    );
    expect(plan.control?.masks?.map(({ path }) => path.slice('/projects/clips/'.length))).toEqual([
      'frames/0.png',
      'frames/1.png',
      'b.png',
    ]);
    expect(plan.frames.map(({ controls }) => controls?.map((own) => own?.mask))).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(allFiles(plan).map(({ path }) => path)).toEqual(expect.arrayContaining(['/projects/clips/b.png']));
    expect(planOf('frames: 2\ncontrolnet: [{model: pose, image: a.png}]').control).not.toHaveProperty('masks');
  });

  it('needs a mask for each frame, and a unit that uses them', () => {
    const unit = 'controlnet: [{model: pose, image: a.png}, {model: canny, image: a.png}]';
    expect(problemsOf(`frames: 20\nmask: frames\n${unit}`)).toEqual([
      [
        'too-few-images',
        '“frames” has 16 masks, but the clip has 20 frames. Set `frames` to 16, add masks, or write the path of one mask for all frames.',
      ],
    ]);
    expect(problemsOf('frames: 2\nmask: a.png\ncontrolnet: [{model: pose, image: a.png, mask: b.png}]')).toEqual([
      ['setting-has-no-effect', expect.stringContaining('no ControlNet unit uses it')],
    ]);
  });

  it('has the network of its preprocessor, with the scale of the clip if it makes depth maps', () => {
    const { control } = planOf(
      'frames: 1\ncontrolnet: [{model: pose, preprocessor: lineart_anime, image: a.png, empty: hold}]'.replace(
        'pose',
        'canny',
      ),
    );
    expect(control?.units).toMatchObject([
      { preprocessor: 'lineart_anime', networks: [{ path: '/models/networks/lineart_anime.onnx' }], empty: 'hold' },
    ]);
    const depth = planOf('frames: 1\ncontrolnet: [{model: canny, image: a.png}]').control!.units[0]!;
    expect(depth).not.toHaveProperty('networks');
    const scaled = checked(
      'frames: 1\ncontrolnet: [{model: shuffle, preprocessor: depth, normalise: clip, image: a.png}]',
    ).plan!;
    expect(scaled.control!.units).toMatchObject([{ preprocessor: 'depth_midas', normalise: 'clip' }]);
    expect(allFiles(scaled).map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/models/networks/model-f6b98070.onnx']),
    );
    expect(problemsOf('controlnet: [{model: canny, preprocessor: canny, normalise: clip, image: a.png}]')).toEqual([
      ['setting-has-no-effect', expect.stringContaining('without a preprocessor that makes depth maps')],
    ]);
  });

  it('needs the network, whose file, publisher and folders are named', () => {
    const without = { networkFile: () => null };
    expect(
      problemsOf('controlnet: [{model: shuffle, preprocessor: depth_anything_v2, image: a.png}]', without),
    ).toContainEqual([
      'preprocessor-network-missing',
      'The preprocessor “depth_anything_v2” needs the file depth_anything_v2_vits.onnx, which was not found. Download it from ' +
        'https://github.com/fabio-sim/Depth-Anything-ONNX/releases (Apache-2.0 for vits, CC-BY-NC-4.0 for vitb and vitl) into a ' +
        'model folder, such as `extensions/sd-webui-controlnet/annotator/downloads` of A1111 or ' +
        '`custom_nodes/comfyui_controlnet_aux/ckpts` of ComfyUI. It can also be depth_anything_v2_vits_dynamic.onnx, ' +
        'depth_anything_v2_vitb.onnx, depth_anything_v2_vitb_dynamic.onnx, depth_anything_v2_vitl.onnx, ' +
        'depth_anything_v2_vitl_dynamic.onnx.',
    ]);
    expect(problemsOf('controlnet: [{model: canny, preprocessor: canny, image: a.png}]', without)).toEqual([]);
    const ofPoses = problemsOf('controlnet: [{model: pose, preprocessor: openpose, image: a.png}]', without)
      .filter(([code]) => code === 'preprocessor-network-missing')
      .map(([, message]) => message);
    expect(ofPoses).toEqual([
      expect.stringMatching(/^The preprocessor “openpose” needs the file .* into a model folder, such as/),
      expect.stringMatching(/^The preprocessor “openpose” also needs the file .* into the same folder\./),
    ]);
  });

  it('asks whether missing numbers of images are numbers of frames', () => {
    const fixesOf = (settings: string) => {
      const text = `---\n${settings}\n---\na\n`;
      const found = checkTravel(text, testEnvironment()).problems.find(({ code }) => code === 'travel/numbered-images');
      return [
        found?.message,
        (found?.fixes ?? []).map(({ title, edits }) => [title, applyEdits(text, edits)]),
      ] as const;
    };
    const unit = 'controlnet: [{model: pose, batch: sparse-frames, weight: 0.5}]';
    const [message, fixes] = fixesOf(`frames: 18\n${unit}`);
    expect(message).toMatch(/has 16 images with numbers up to 19\. Numbers are missing: 12 comes after 7/);
    expect(fixes.map(([title]) => title)).toEqual([
      'Use them one after the other: set `frames` to 16',
      'Use them at the frames of their numbers, and set `frames` to 20',
    ]);
    expect(fixes[0]![1]).toContain('frames: 16\n');
    expect(fixes[1]![1]).toMatch(
      /frames: 20\n.*image: \{0: "sparse-frames\/0\.png".*19: "sparse-frames\/19\.png"\}, weight/,
    );
    expect(checked(fixes[1]![1]!.split('---\n')[1]!.trim()).problems).toEqual([]);
    expect(fixesOf(`frames: 16\n${unit}`)[1]).toEqual([]);
    expect(fixesOf(`frames: 8\n${unit}`)[1]).toHaveLength(2);
    expect(fixesOf('controlnet: [{model: pose, batch: frames}]')).toEqual([undefined, []]);
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
    expect(problemsOf('controlnet: [{model: pose, image: a.png, preprocessor: normal_bae}]')).toEqual([
      [
        'setting-value',
        'The preprocessor “normal_bae” is not available: use `normal_midas`, or use maps that another program made, as a ' +
          'folder in `batch` with `preprocessor: none`.',
      ],
    ]);
    expect(problemsOf('controlnet: [{model: pose, image: a.png, preprocessor: softedge_hef}]')).toEqual([
      ['setting-value', expect.stringContaining('Did you mean “softedge_hed”?')],
    ]);
  });
});

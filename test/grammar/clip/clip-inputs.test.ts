import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { checkTravel, parseTravel, resolveClip } from '../../../grammar/language.ts';
import { ClipInputs } from '../../../plan/clip-inputs.ts';
import { hintSeed } from '../../../plan/controlnet.ts';
import { testEnvironment } from '../environment.ts';

const text = (settings: string) => `---\n${settings}\n---\na\n`;

function inputsOf(settings: string, changes: Partial<Environment> = {}): ClipInputs | null {
  const inputs = resolveClip(parseTravel(text(settings)), testEnvironment(changes)).buildInputs();
  return inputs && ClipInputs.parse(inputs);
}

const names = (inputs: ClipInputs | null) => inputs?.pictures.map(({ file }) => file.path.split('/').at(-1));

describe('what guides a clip', () => {
  it('is nothing without images and units', () => {
    expect(inputsOf('frames: 2')).toBeNull();
  });

  it('has what a plan has', () => {
    const settings =
      'frames: 3\nseed: 7\nsubseed: 4\nsubseed_strength: 0.5\nwidth: 64\nheight: 128\nvideo: {source: a.mp4}\ncontrolnet: [{model: pose, preprocessor: scribble}, {model: canny, image: {1: a.png}, resize: fill}]';
    const inputs = inputsOf(settings)!;
    const plan = checkTravel(text(settings), testEnvironment({})).plan!;
    expect(inputs).toMatchObject({ width: 64, height: 128, start: null });
    expect(inputs.seed).toBe(hintSeed(plan.sampling.seed, plan.sampling.noise.subseed));
    expect(inputs.pictures).toEqual(plan.control!.pictures);
    for (const [index, unit] of inputs.units.entries()) {
      expect(unit.hint).toMatchObject({ preprocessor: plan.control!.units[index]!.preprocessor });
      expect(unit.frames).toEqual(plan.frames.map(({ controls }) => controls![index]?.picture ?? null));
    }
    expect(inputs.units.map(({ model, preprocessor, hint, problem }) => [model, preprocessor, hint, problem])).toEqual([
      ['pose', 'scribble', { name: 'pose', preprocessor: 'scribble_xdog', resize: 'crop' }, null],
      ['canny', 'none', { name: 'canny', preprocessor: 'none', resize: 'fill' }, null],
    ]);
  });

  it('has the image that each frame starts from, of two the one that it has more of', () => {
    const inputs = inputsOf('frames: 5\ninit_image: a.png\nlast_frame: b.png');
    expect(names(inputs)).toEqual(['a.png', 'b.png']);
    const { frames } = inputs!.start!;
    expect(frames).toHaveLength(5);
    expect([frames[0], frames[4]]).toEqual([0, 1]);
  });

  it('has frames of a video that guides units and that frames start from', () => {
    const settings = 'frames: 2\nvideo: {source: a.mp4}\ndenoising_strength: 0.5\ncontrolnet: [{model: pose}]';
    const inputs = inputsOf(settings)!;
    expect(inputs.start).toEqual({ frames: inputs.units[0]!.frames, problem: null });
    expect(inputs.pictures).toHaveLength(2);
  });

  it('does not need the models of units', () => {
    const inputs = inputsOf('frames: 2\ncontrolnet: [{model: nowhere, preprocessor: canny, image: a.png}]');
    expect(inputs?.units).toEqual([
      {
        model: 'nowhere',
        preprocessor: 'canny',
        hint: { name: 'nowhere', preprocessor: 'canny', resize: 'crop' },
        frames: [0, 0],
        problem: null,
      },
    ]);
  });

  it('has why a unit has no hints', () => {
    const inputs = inputsOf('frames: 2\ncontrolnet: [{model: pose, image: gone.png}, {model: canny}]', {
      inputImages: () => null,
      missingInput: () => ({ found: 'nothing', names: [] }),
    });
    expect(inputs?.units).toMatchObject([
      { hint: null, frames: [], problem: expect.stringContaining('“gone.png” not found') },
      { hint: null, frames: [], problem: expect.stringContaining('has no input') },
    ]);
  });

  it('has why frames have nothing to start from', () => {
    const inputs = inputsOf('frames: 2\ninit_image: gone.png', {
      inputImages: () => null,
      missingInput: () => ({ found: 'nothing', names: [] }),
    });
    expect(inputs?.start).toEqual({ frames: [], problem: expect.stringContaining('“gone.png” not found') });
  });
});

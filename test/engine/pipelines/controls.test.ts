import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { readNetwork } from '../../../engine/annotators/read-network.ts';
import { EdgeNetwork } from '../../../engine/models/edges/edge-network.ts';
import { ModelFiles } from '../../../engine/models/model-files.ts';
import { openControls } from '../../../engine/pipelines/controls.ts';
import { ProgressReporter } from '../../../engine/progress.ts';
import type { FrameControl } from '../../../plan/controlnet.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { plainSampling } from '../../plan/sampling.ts';
import { HED, torchFile } from '../../weights/edge-files.ts';
import { channelNetwork, networkIn } from '../annotators/networks.ts';
import { controlUnit, fileRef, frameOf } from './plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'travel controls '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A picture of one color, half as large as a frame. */
async function picture(name: string, level: number) {
  const path = join(folder, name);
  await sharp({ create: { width: 8, height: 8, channels: 3, background: { r: level, g: 0, b: 0 } } })
    .png()
    .toFile(path);
  return { file: await fileRef(path) };
}

type Unit = NonNullable<TravelPlan['control']>['units'][number];
const model = { path: '/models/canny.safetensors', size: 1, mtimeMs: 1 };
const unitOf = (changes: Partial<Unit> = {}): Unit => ({
  ...controlUnit('canny', model),
  ...changes,
});

const context = (warn = (_: string) => undefined) => ({
  warn,
  info: () => undefined,
  files: new ModelFiles(),
  progress: new ProgressReporter(() => undefined),
  signal: new AbortController().signal,
  cacheFolder: null,
});

/** Stands in for a UNet: the embedded hint is the red value of its first pixel. */
function unetStandIn() {
  const embedded: { readonly controlNet: number; readonly red: number; readonly values: number }[] = [];
  return {
    embedded,
    embedHints: async (
      controlNet: number,
      hints: Iterable<Float32Array> | AsyncIterable<Float32Array>,
      _: unknown,
      take: (hint: Float32Array) => void,
    ) => {
      for await (const hint of hints) {
        embedded.push({ controlNet, red: Math.round(hint[0]! * 255), values: hint.length });
        take(hint.slice(0, 1));
      }
    },
  };
}

/** A plan of 16×16 pixels. @param controls of each frame, for each unit */
const planOf = (
  units: readonly Unit[],
  pictures: NonNullable<TravelPlan['control']>['pictures'],
  controls: readonly (readonly (FrameControl | null)[])[],
) => ({
  control: { units: [...units], pictures: [...pictures] },
  frames: controls.map((own, index) => frameOf(index, { controls: [...own] })),
  sampling: plainSampling({ steps: 10, seed: 5 }),
  width: 16,
  height: 16,
});

const at = (step: number) => ({ step, callOfStep: 0 });
const reds = (hints: readonly Float32Array[]) => hints.map((hint) => Math.round(hint[0]! * 255));

describe('openControls', () => {
  it('gives each frame of a window its hint and its weight', async () => {
    const pictures = [await picture('a.png', 100), await picture('b.png', 200)];
    const plan = planOf([unitOf()], pictures, [
      [{ picture: 0, weight: 1 }],
      [null],
      [{ picture: 1, weight: 0.5 }],
      [{ picture: 1, weight: 0 }],
    ]);
    const controls = await openControls(plan, unetStandIn(), context());
    const [control, ...others] = await controls([1, 2, 3], at(0));
    expect(others).toEqual([]);
    expect(control).toMatchObject({ controlNet: 0, weights: [0, 0.5, 0], soft: false, pooled: false, negative: true });
    expect(reds(control!.hints)).toEqual([200, 200, 200]);
    const [first] = await controls([0, 2], at(0));
    expect(reds(first!.hints)).toEqual([100, 200]);
    // No frame of this window has a hint.
    expect(await controls([1, 3], at(0))).toEqual([]);
  });

  it('brings a picture to the size of the frame, and makes each hint once', async () => {
    const pictures = [await picture('c.png', 50), await picture('same-as-c.png', 50), await picture('unused.png', 9)];
    const units = [unitOf(), unitOf({ preprocessor: 'invert' }), unitOf()];
    const own = (picture: number) => ({ picture, weight: 1 });
    const plan = planOf(units, pictures, [
      [own(0), own(0), own(1)],
      [own(0), own(1), null],
    ]);
    const unet = unetStandIn();
    const controls = await openControls(plan, unet, context());
    expect(unet.embedded).toEqual([
      { controlNet: 0, red: 50, values: 3 * 16 * 16 },
      { controlNet: 0, red: 205, values: 3 * 16 * 16 },
    ]);
    expect((await controls([0, 1], at(0))).map(({ hints }) => reds(hints))).toEqual([
      [50, 50],
      [205, 205],
      [50, 50],
    ]);
  });

  it('takes hints from the frames of a video, whatever their order in the plan', async () => {
    const path = join(folder, 'levels.gif');
    const level = (red: number) =>
      sharp({ create: { width: 8, height: 8, channels: 3, background: { r: red, g: 0, b: 0 } } })
        .png()
        .toBuffer();
    await sharp(await Promise.all([level(0), level(120), level(240)]), { join: { animated: true } })
      .gif({ delay: [100, 100, 100] })
      .toFile(path);
    const file = await fileRef(path);
    const shownAt = (at: number) => ({ file, shown: { at, from: 0, to: null, repeat: false } });
    const still = await picture('still.png', 60);
    const pictures = [shownAt(0.2), still, shownAt(0), shownAt(0.1), shownAt(0.15)];
    const own = (index: number) => [{ picture: index, weight: 1 }];
    const plan = planOf([unitOf()], pictures, [own(0), own(1), own(2), own(3), own(4)]);
    const controls = await openControls(plan, unetStandIn(), context());
    expect(reds((await controls([0, 1, 2, 3, 4], at(0)))[0]!.hints)).toEqual([240, 60, 0, 120, 120]);
  });

  it('leaves out units outside their steps, and follows their modes', async () => {
    const pictures = [await picture('d.png', 1)];
    const units = [
      unitOf({ end: 0.2 }),
      unitOf({ start: 0.5, mode: 'control' }),
      unitOf({ mode: 'prompt', pooled: true }),
    ];
    const plan = planOf(units, pictures, [units.map(() => ({ picture: 0, weight: 1 }))]);
    const controls = await openControls(plan, unetStandIn(), context());
    const modes = async (step: number) =>
      (await controls([0], at(step))).map(({ soft, pooled, negative }) => ({ soft, pooled, negative }));
    const prompt = { soft: true, pooled: true, negative: false };
    expect(await modes(0)).toEqual([{ soft: false, pooled: false, negative: true }, prompt]);
    expect(await modes(5)).toEqual([prompt]);
    expect(await modes(6)).toEqual([{ soft: true, pooled: false, negative: false }, prompt]);
  });

  it('numbers the models of units, each file once', async () => {
    const pictures = [await picture('e.png', 1)];
    const depth = { ...model, path: '/models/depth.safetensors' };
    const units = [unitOf(), unitOf({ file: depth }), unitOf()];
    const plan = planOf(units, pictures, [units.map(() => ({ picture: 0, weight: 1 }))]);
    const controls = await openControls(plan, unetStandIn(), context());
    expect((await controls([0], at(0))).map(({ controlNet }) => controlNet)).toEqual([0, 1, 0]);
  });

  it('reports a picture that changed after it was planned, and a file that is no image', async () => {
    const { file } = await picture('f.png', 1);
    const frames = [[{ picture: 0, weight: 1 }]];
    const gone = planOf([unitOf()], [{ file: { ...file, size: file.size + 1 } }], frames);
    await expect(openControls(gone, unetStandIn(), context())).rejects.toThrow(/changed from/);
    const text = planOf([unitOf()], [{ file: await fileRef(import.meta.filename) }], frames);
    await expect(openControls(text, unetStandIn(), context())).rejects.toThrow(/cannot be read/);
  });

  it('warns once of dark lines on white, which a model of edges does not know', async () => {
    const path = join(folder, 'ink.png');
    const line = { create: { width: 16, height: 2, channels: 3, background: 'black' } } as const;
    await sharp({ create: { width: 16, height: 16, channels: 3, background: 'white' } })
      .composite([{ input: await sharp(line).png().toBuffer(), top: 4, left: 0 }])
      .png()
      .toFile(path);
    const drawing = { file: await fileRef(path) };
    const warnings = async (unit: Partial<Unit>) => {
      const lines: string[] = [];
      const controls = [[{ picture: 0, weight: 1 }], [{ picture: 1, weight: 1 }]];
      const plan = planOf([unitOf(unit)], [drawing, await picture('g.png', 3)], controls);
      await openControls(
        plan,
        unetStandIn(),
        context((line) => void lines.push(line)),
      );
      return lines;
    };
    expect(await warnings({})).toEqual([
      expect.stringMatching(/ink\.png has dark lines on white.*`preprocessor: invert`/),
    ]);
    expect(await warnings({ preprocessor: 'invert' })).toEqual([]);
    expect(await warnings({ name: 'depth' })).toEqual([]);
  });

  it('acts where masks are white: nowhere in frames with a black one, everywhere in those without one', async () => {
    const pictures = [await picture('h.png', 7)];
    const levels = [0, 255].map(async (level) => {
      const path = join(folder, `mask ${level}.png`);
      await sharp({ create: { width: 3, height: 5, channels: 3, background: { r: level, g: level, b: level } } })
        .png()
        .toFile(path);
      return fileRef(path);
    });
    const own = (mask?: number) => [{ picture: 0, weight: 0.5, ...(mask !== undefined && { mask }) }];
    const plan = planOf([unitOf()], pictures, [own(0), own(1), own()]);
    const masked = { ...plan, control: { ...plan.control, masks: await Promise.all(levels) } };
    const controls = await openControls(masked, unetStandIn(), context());
    const [control] = await controls([0, 1, 2], at(0));
    expect(control!.weights).toEqual([0, 0.5, 0.5]);
    // 2 × 2 latents, then 1 × 1.
    expect(control!.masks!.slice(1)).toEqual([new Float32Array(5).fill(1), new Float32Array(5).fill(1)]);
    expect(await controls([0], at(0))).toEqual([]);
    expect((await controls([2], at(0)))[0]).not.toHaveProperty('masks');
    const gone = { ...masked, control: { ...masked.control, masks: [{ ...masked.control.masks[0]!, size: 1 }] } };
    await expect(openControls(gone, unetStandIn(), context())).rejects.toThrow(/changed from/);
  });

  /** Depth is the red value. In this size, which is that of padded pictures, nothing is resampled. */
  const redNetwork = async () => [await networkIn(folder, 'red.onnx', channelNetwork(0, [64, 64]))];

  it('makes depth maps with a network, each with its own scale or all with that of the clip', async () => {
    /** Two colors side by side, of the size of a frame. */
    const ramp = async (name: string, left: number, right: number) => {
      const path = join(folder, name);
      const raw = { width: 16, height: 16, channels: 3 } as const;
      const data = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => (Math.floor(i / 3) % 16 < 8 ? left : right));
      await sharp(data, { raw }).png().toFile(path);
      return { file: await fileRef(path) };
    };
    const pictures = [await ramp('far.png', 0, 100), await ramp('near.png', 150, 200)];
    const own = (picture: number) => [{ picture, weight: 1 }];
    const reds = async (changes: Partial<Unit>) => {
      const unit = unitOf({ name: 'depth', preprocessor: 'depth_midas', networks: await redNetwork(), ...changes });
      const all: [number, number][] = [];
      const unet = {
        embedHints: async (_: number, hints: Iterable<Float32Array> | AsyncIterable<Float32Array>) => {
          for await (const hint of hints) all.push([Math.round(hint[0]! * 255), Math.round(hint[15]! * 255)]);
        },
      };
      await openControls(planOf([unit], pictures, [own(0), own(1)]), unet, context());
      return all;
    };
    expect(await reds({})).toEqual([
      [0, 255],
      [0, 255],
    ]);
    expect(await reds({ normalise: 'clip' })).toEqual([
      [0, 127],
      [191, 255],
    ]);
  });

  it('finds soft edges with the weights of a network', async () => {
    const path = join(folder, 'ControlNetHED.pth');
    writeFileSync(path, torchFile(HED));
    const networks = [await fileRef(path)];
    const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => 90 + 60 * Math.sin(i * 0.3));
    const source = join(folder, 'waves.png');
    await sharp(pixels, { raw: { width: 16, height: 16, channels: 3 } })
      .png()
      .toFile(source);
    const all: number[][] = [];
    const unet = {
      embedHints: async (_: number, hints: Iterable<Float32Array> | AsyncIterable<Float32Array>) => {
        for await (const hint of hints) all.push([...hint.subarray(0, 256)].map((value) => Math.round(value * 255)));
      },
    };
    const unit = unitOf({ name: 'softedge', preprocessor: 'softedge_hed', networks });
    const plan = planOf([unit], [{ file: await fileRef(source) }], [[{ picture: 0, weight: 1 }]]);
    await openControls(plan, unet, context());
    const network = await EdgeNetwork.open('hed', networks[0]!);
    const picture = { width: 16, height: 16, channels: 3, data: pixels };
    const { data } = (await readNetwork('softedge_hed', [network], picture, 16)).hint(null);
    await network.release();
    expect(all).toEqual([[...data]]);
    expect(new Set(data).size).toBeGreaterThan(10);
  });

  it('uses black hints, holds the last other one, or leaves them out, and reports their frames', async () => {
    const pictures = [await picture('i.png', 90), await picture('nobody.png', 0), await picture('j.png', 30)];
    const own = (picture: number) => [{ picture, weight: 1 }];
    const rendered = async (unit: Partial<Unit>) => {
      const lines: string[] = [];
      const plan = planOf([unitOf({ name: 'pose', ...unit })], pictures, [own(1), own(0), own(1), own(1), own(2)]);
      const controls = await openControls(plan, unetStandIn(), {
        ...context((line) => void lines.push(line)),
        info: (line) => void lines.push(line),
      });
      const [control] = await controls([0, 1, 2, 3, 4], at(0));
      return [control!.hints.map((hint, i) => (control!.weights[i] === 0 ? null : Math.round(hint[0]! * 255))), lines];
    };
    const what = 'The hint of pose is black in frames 0, 2–3: nothing was found there.';
    expect(await rendered({})).toEqual([
      [0, 90, 0, 0, 30],
      [expect.stringMatching(`^${what} The unit guides these frames by black.*empty: hold.*empty: off`)],
    ]);
    expect(await rendered({ empty: 'hold' })).toEqual([[null, 90, 90, 90, 30], [`${what} The last hint is held.`]]);
    expect(await rendered({ empty: 'off' })).toEqual([
      [null, 90, null, null, 30],
      [`${what} The unit does not act there.`],
    ]);
    // Black is a color of an image.
    expect((await rendered({ name: 'tile' }))[1]).toEqual([]);
  });

  it('warns of photos that a canny model gets without its preprocessor', async () => {
    const warnings = async (unit: Partial<Unit>, level: number) => {
      const lines: string[] = [];
      const plan = planOf([unitOf(unit)], [await picture('photo.png', level)], [[{ picture: 0, weight: 1 }]]);
      await openControls(
        plan,
        unetStandIn(),
        context((line) => void lines.push(line)),
      );
      return lines;
    };
    expect(await warnings({}, 100)).toEqual([
      expect.stringMatching(/photo\.png is not black and white.*preprocessor: canny/),
    ]);
    expect(await warnings({ name: 'lineart' }, 100)).toEqual([]);
    expect(await warnings({ preprocessor: 'canny' }, 100)).toEqual([expect.stringContaining('black in frame 0:')]);
  });

  it('has none without units', async () => {
    const { control: _, ...plan } = planOf([unitOf()], [], []);
    expect(await (await openControls(plan, unetStandIn(), context()))([0], at(0))).toEqual([]);
  });
});

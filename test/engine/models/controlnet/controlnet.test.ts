import { afterEach, describe, expect, it } from 'vitest';
import type { UNetControl } from '../../../../engine/models/controlnet/controls.ts';
import { scaledResiduals, sumOfResiduals } from '../../../../engine/models/controlnet/graph.ts';
import { regionMask } from '../../../../engine/models/controlnet/region-mask.ts';
import { UNet, type UNetOptions } from '../../../../engine/models/unet/unet.ts';
import type { UNetInput } from '../../../../engine/models/unet/unet-input.ts';
import { cpu } from '../../../../engine/onnx/session.ts';
import { describeModel } from '../../../../weights/describe.ts';
import { openWeights } from '../../../../weights/open.ts';
import { float32Bytes } from '../../../../weights/tensor.ts';
import { NANO, POCKET } from '../../../golden/models.ts';
import { fileOf } from '../../../weights/files.ts';
import { controlLoraOf, controlNetForms, controlNetOf, inMemory } from '../../../weights/layouts/controlnets.ts';
import { fileBytes, rawTensors } from '../../../weights/layouts/raw.ts';
import { distance, numbers, run } from '../../graph/tensors.ts';
import { embedAll } from './embed-all.ts';

const MODEL = await openWeights(NANO);
const checkpoint = await rawTensors(NANO);
const plain = controlNetOf(checkpoint);
const FORMS = Object.entries(controlNetForms(plain, checkpoint));
const CONTROL = inMemory(plain);

const FRAMES = 3;
const SIZE = { height: 8, width: 8 };
const TOKENS = 77;
const INPUT: UNetInput = {
  samples: [numbers([FRAMES, 4, 8, 8], 1)],
  frames: FRAMES,
  ...SIZE,
  timesteps: [500],
  contexts: [1, 2].map((seed) => Array(FRAMES).fill(numbers([TOKENS, 64], seed))),
  tokens: TOKENS,
};
const HINTS = Array.from({ length: FRAMES }, (_, i) => numbers([3, 64, 64], i).map((value) => (value + 1) / 2));

const open: UNet[] = [];
afterEach(async () => {
  for (const unet of open.splice(0)) await unet.release();
});

function unetOf(options: Partial<UNetOptions> = {}): UNet {
  const unet = new UNet(MODEL, { runtime: cpu(), controlNets: [CONTROL], ...options });
  open.push(unet);
  return unet;
}

/** The first ControlNet on the hints, at the same strength in all frames of both clips. */
async function controlOf(unet: UNet, changes: Partial<UNetControl> = {}): Promise<UNetControl> {
  const hints = await embedAll(unet, 0, HINTS, SIZE);
  const strengths = Array(2).fill(Array(FRAMES).fill(1));
  return { controlNet: 0, hints, strengths, soft: false, pooled: false, ...changes };
}

const frame = (clip: Float32Array, index: number) =>
  clip.slice((index * clip.length) / FRAMES, ((index + 1) * clip.length) / FRAMES);

describe('a UNet with ControlNets', () => {
  it('predicts the same bits in whatever memory, and with any number of threads', async () => {
    const unet = unetOf();
    const masks = [0, 1, 2].map((i) =>
      regionMask({ width: 2, height: 1, channels: 1, data: Uint8Array.of(255, 100 * i) }, SIZE),
    );
    const controls = [await controlOf(unet, { strengths: [[1, 0.5, 0.2], Array(FRAMES).fill(0.7)], masks })];
    const together = await unet.predict({ ...INPUT, controls });
    for (const memory of [
      { sideBySide: false, batch: FRAMES },
      { sideBySide: true, batch: 2 },
    ]) {
      expect(await unet.predict({ ...INPUT, controls, memory })).toEqual(together);
    }
    const alone = unetOf({ runtime: cpu(1) });
    expect((await controlOf(alone)).hints).toEqual(controls[0]!.hints);
    expect(await alone.predict({ ...INPUT, controls })).toEqual(together);
  });

  it('adds nothing to clips and frames whose strength is 0', async () => {
    const unet = unetOf();
    const [first, second] = await unet.predict(INPUT);
    const none = await controlOf(unet, { strengths: Array(2).fill([0, 0, 0]) });
    expect(await unet.predict({ ...INPUT, controls: [none] })).toEqual([first, second]);
    const some = await controlOf(unet, {
      strengths: [
        [0, 1, 0],
        [0, 0, 0],
      ],
    });
    const [controlled, uncontrolled] = await unet.predict({ ...INPUT, controls: [some] });
    expect(uncontrolled).toEqual(second);
    expect(frame(controlled!, 0)).toEqual(frame(first!, 0));
    expect(distance(frame(controlled!, 1), frame(first!, 1))).toBeGreaterThan(1e-2);
  });

  it('adds up several, and scales each', async () => {
    const unet = unetOf();
    const half = await controlOf(unet, { strengths: Array(2).fill([0.5, 0.5, 0.5]) });
    const [twice] = await unet.predict({ ...INPUT, controls: [half, half] });
    const [once] = await unet.predict({ ...INPUT, controls: [await controlOf(unet)] });
    expect(distance(twice!, once!)).toBeLessThan(1e-4);
    const [weak] = await unet.predict({ ...INPUT, controls: [half] });
    expect(distance(weak!, once!)).toBeGreaterThan(1e-2);
    const [soft] = await unet.predict({ ...INPUT, controls: [await controlOf(unet, { soft: true })] });
    expect(distance(soft!, once!)).toBeGreaterThan(1e-2);
  });

  it('acts where masks are white, with the bits that it has without masks, and not where they are black', async () => {
    const unet = unetOf();
    const uncontrolled = await unet.predict(INPUT);
    const control = await controlOf(unet);
    const everywhere = await unet.predict({ ...INPUT, controls: [control] });
    const [white, black, left] = [() => 255, () => 0, (x: number) => (x < 20 ? 255 : 0)].map((level) =>
      regionMask(
        { width: 40, height: 48, channels: 1, data: Uint8Array.from({ length: 40 * 48 }, (_, i) => level(i % 40)) },
        SIZE,
      ),
    ) as [Float32Array, Float32Array, Float32Array];
    const masked = (masks: readonly Float32Array[], changes: Partial<UNetControl> = {}) =>
      unet.predict({ ...INPUT, controls: [{ ...control, ...changes, masks }] });
    expect(await masked([white, white, white])).toEqual(everywhere);
    expect(await masked([black, black, black])).toEqual(uncontrolled);
    const [clip] = await masked([white, black, left]);
    expect(frame(clip!, 0)).toEqual(frame(everywhere[0]!, 0));
    expect(frame(clip!, 1)).toEqual(frame(uncontrolled[0]!, 1));
    const partly = frame(clip!, 2);
    expect(distance(partly, frame(everywhere[0]!, 2))).toBeGreaterThan(1e-3);
    expect(distance(partly, frame(uncontrolled[0]!, 2))).toBeGreaterThan(1e-3);
    // The mask acts before the mean.
    const [pooled] = await masked([left, left, left], { pooled: true });
    const [half] = await unet.predict({ ...INPUT, controls: [{ ...control, pooled: true }] });
    expect(distance(pooled!, half!)).toBeGreaterThan(1e-4);
    expect(await masked([black, black, black], { pooled: true, soft: true })).toEqual(uncontrolled);
  });

  it('gives each frame its own hint', async () => {
    const unet = unetOf();
    const control = await controlOf(unet);
    const [usual] = await unet.predict({ ...INPUT, controls: [control] });
    const swapped = { ...control, hints: [control.hints[1]!, control.hints[1]!, control.hints[2]!] };
    const [other] = await unet.predict({ ...INPUT, controls: [swapped] });
    expect(distance(frame(other!, 0), frame(usual!, 0))).toBeGreaterThan(1e-4);
    expect(frame(other!, 1)).toEqual(frame(usual!, 1));
  });

  it('rejects a ControlNet for a checkpoint of another width, and other files', async () => {
    const pocket = await openWeights(POCKET);
    const runtime = cpu();
    expect(() => new UNet(pocket, { runtime, controlNets: [CONTROL] })).toThrow(
      /does not fit this checkpoint.*32×4×3×3.*64×4×3×3/s,
    );
    expect(() => new UNet(MODEL, { runtime, controlNets: [pocket] })).toThrow(
      /is not a ControlNet\. It is: Stable Diffusion 1 checkpoint/,
    );
  });
});

describe('a ControlNet', () => {
  it.each(FORMS)('is the same in every form: %s', async (_, tensors) => {
    const file = await openWeights(fileOf(fileBytes(tensors)));
    expect(describeModel(file)).toEqual({ kind: 'controlnet', family: 'sd1' });
    const [expected, actual] = [unetOf(), unetOf({ controlNets: [file] })];
    const [usual] = await expected.predict({ ...INPUT, controls: [await controlOf(expected)] });
    const [same] = await actual.predict({ ...INPUT, controls: [await controlOf(actual)] });
    expect(same).toEqual(usual);
  });
});

describe('a Control-LoRA', () => {
  it('is the ControlNet that it makes of the UNet', async () => {
    const { lora, merged } = await controlLoraOf(checkpoint);
    const file = await openWeights(fileOf(fileBytes(lora)));
    expect(describeModel(file)).toEqual({ kind: 'controlnet', family: 'sd1', lora: true });
    const nets = [inMemory(merged), file, CONTROL].map((each) => unetOf({ controlNets: [each] }));
    const [expected, actual, plainOne] = await Promise.all(
      nets.map(async (unet) => (await unet.predict({ ...INPUT, controls: [await controlOf(unet)] }))[0]!),
    );
    expect(distance(actual!, expected!)).toBeLessThan(1e-5);
    expect(distance(actual!, plainOne!)).toBeGreaterThan(1e-2);
    // On a GPU, the changed weights are beside those of the UNet; in its file, there are only the changes.
    const factors = [...lora].flatMap(([name, { shape }]) => (/\.(?:up|down)$/.test(name) ? [{ shape }] : []));
    expect(nets[1]!.unpackedBytes).toBe(nets[0]!.unpackedBytes + float32Bytes(factors));
  });

  it('is refused for a checkpoint of another width, and if a part of it is missing', async () => {
    const { lora } = await controlLoraOf(checkpoint);
    const runtime = cpu();
    const pocket = await openWeights(POCKET);
    expect(() => new UNet(pocket, { runtime, controlNets: [inMemory(lora)] })).toThrow(
      /The Control-LoRA .* does not fit this checkpoint, whose .*\.weight is /,
    );
    const without = (name: string) => inMemory(new Map([...lora].filter(([key]) => key !== name)));
    for (const name of ['time_embed.0.down', 'zero_convs.3.0.weight']) {
      expect(() => new UNet(MODEL, { runtime, controlNets: [without(name)] })).toThrow(/is damaged/);
    }
  });
});

describe('scaledResiduals', () => {
  const dims = [2, 3, 2, 2];
  const residuals = [numbers(dims, 1), numbers(dims, 2)];
  const strengths = Float32Array.of(0.5, 2);

  const scaled = (index: number, soft: boolean, pooled: boolean) =>
    run(
      ({ graph }) => {
        const values = residuals.map((_, i) => graph.input(`r${i}`, dims));
        return scaledResiduals(graph, values, graph.input('s', [2]), { soft, pooled })[index]!;
      },
      {
        feeds: {
          r0: { data: residuals[0]!, dims },
          r1: { data: residuals[1]!, dims },
          s: { data: strengths, dims: [2] },
        },
      },
    );

  it('weakens the first residuals when the prompt or the hint is more important', async () => {
    const expected = residuals[0]!.map((value, i) => value * strengths[i < 12 ? 0 : 1]! * 0.825);
    expect(distance((await scaled(0, true, false)).data, expected)).toBeLessThan(1e-6);
    const last = residuals[1]!.map((value, i) => value * strengths[i < 12 ? 0 : 1]!);
    expect(distance((await scaled(1, true, false)).data, last)).toBeLessThan(1e-6);
  });

  it('takes the mean over all pixels', async () => {
    const { data, dims: pooled } = await scaled(0, false, true);
    expect(pooled).toEqual([2, 3, 1, 1]);
    const mean = Float32Array.from({ length: 6 }, (_, i) => {
      const pixels = residuals[0]!.subarray(4 * i, 4 * i + 4);
      return (pixels.reduce((sum, value) => sum + value) / 4) * strengths[i < 3 ? 0 : 1]!;
    });
    expect(distance(data, mean)).toBeLessThan(1e-6);
  });

  it('adds a mean to every pixel of another', async () => {
    const { data, dims: shape } = await run(
      ({ graph }) => {
        const mean = graph.op('GlobalAveragePool', [graph.input('r0', dims)], [2, 3, 1, 1]);
        return sumOfResiduals(graph, [[mean], [graph.input('r1', dims)]])[0]!;
      },
      { feeds: { r0: { data: residuals[0]!, dims }, r1: { data: residuals[1]!, dims } } },
    );
    expect(shape).toEqual(dims);
    const expected = residuals[1]!.map((value, i) => {
      const pixels = residuals[0]!.subarray(i - (i % 4), i - (i % 4) + 4);
      return value + pixels.reduce((sum, each) => sum + each) / 4;
    });
    expect(distance(data, expected)).toBeLessThan(1e-6);
  });
});

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defectText, type TensorDefect } from '../../plan/model.ts';
import { componentPrefix } from '../../weights/components.ts';
import { describeModel } from '../../weights/describe.ts';
import { describeText } from '../../weights/describe-text.ts';
import { firstNonFinite } from '../../weights/finite.ts';
import { openWeights } from '../../weights/open.ts';
import type { TensorEntry, WeightsFile } from '../../weights/tensor.ts';
import { runs } from '../property-runs.ts';
import { fileOf, safetensorsOf } from './files.ts';
import { controlNetOf, inMemory } from './layouts/controlnets.ts';
import { rawTensors } from './layouts/raw.ts';

const POCKET = resolve(import.meta.dirname, '../../models/pocket');
const CHECKPOINT = await openWeights(resolve(POCKET, 'pocket.safetensors'));
const MOTION = await openWeights(resolve(POCKET, 'mm_pocket.safetensors'));

const CONTROLNET = inMemory(controlNetOf(await rawTensors(resolve(POCKET, 'pocket.safetensors'))));

function defectsOf(file: WeightsFile): readonly TensorDefect[] {
  const description = describeModel(file);
  return 'defects' in description ? (description.defects ?? []) : [];
}

/** A file with one tensor replaced, or without it. */
function changed(file: WeightsFile, name: string, entry: TensorEntry | null): WeightsFile {
  const tensors = new Map(file.tensors);
  if (entry) tensors.set(name, entry);
  else tensors.delete(name);
  return { ...file, tensors };
}

/** Tensors that a render reads: not the VAE's encoder, nor tables that are computed (`betas`, `position_ids`). */
const needed = (file: WeightsFile) =>
  [...file.tensors.values()].filter(
    ({ name }) => name.includes('.') && !/first_stage_model\.(?:encoder|quant_conv)|position_ids/.test(name),
  );

/** Tensors that decide what a file is: without one of them it is not a damaged model, but another type of file. */
const deciding = new Set([
  'zero_convs.0.0.weight',
  ...(['unet', 'textEncoder', 'vae'] as const).flatMap((component) => {
    const prefix = componentPrefix(CHECKPOINT, component)!;
    return {
      unet: [`${prefix}output_blocks.0.0.in_layers.0.weight`],
      textEncoder: [`${prefix}embeddings.token_embedding.weight`],
      vae: [`${prefix}decoder.mid.block_1.conv1.weight`],
    }[component];
  }),
]);

describe('describeModel', () => {
  it('finds no defect in complete models', () => {
    expect(defectsOf(CHECKPOINT)).toEqual([]);
    expect(defectsOf(MOTION)).toEqual([]);
    expect(defectsOf(CONTROLNET)).toEqual([]);
  });

  it.each([
    ['the checkpoint', CHECKPOINT],
    ['the motion module', MOTION],
    ['the ControlNet', CONTROLNET],
  ])('finds every tensor that %s lacks', (_, file) => {
    const found = needed(file).filter(({ name }) => !deciding.has(name));
    expect(found.length).toBeGreaterThan(200);
    for (const { name } of found) {
      const [defect] = defectsOf(changed(file, name, null));
      expect(defect, name).toMatchObject({ has: null });
      expect(name.endsWith(defect!.tensor), `${name}: ${defect!.tensor}`).toBe(true);
    }
  });

  it.each([
    ['the checkpoint', CHECKPOINT],
    ['the motion module', MOTION],
    ['the ControlNet', CONTROLNET],
  ])('finds every tensor of %s that has another shape', (_, file) => {
    for (const entry of needed(file)) {
      const axis = entry.shape.length - 1;
      const shape = entry.shape.map((size, i) => (i === axis ? size + 1 : size));
      const defects = defectsOf(changed(file, entry.name, { ...entry, shape }));
      expect(defects, entry.name).not.toEqual([]);
    }
  });

  it.each([[[1, 0, 64]], [[32, 64]], [[32]], [[0]], [[1, 32, 64, 1, 2]]])(
    'finds that the table of positions of a motion module has no positions: %j',
    (shape) => {
      const tables = [...MOTION.tensors].filter(([name]) => name.endsWith('.pos_encoder.pe'));
      const tensors = new Map([
        ...MOTION.tensors,
        ...tables.map(([name, entry]) => [name, { ...entry, shape }] as const),
      ]);
      const file = { ...MOTION, tensors };
      expect(tables.length).toBeGreaterThan(0);
      expect(describeModel(file)).toMatchObject({ kind: 'motion-module', positions: 0 });
      expect(defectText(defectsOf(file)[0]!)).toBe(
        `its motion module's tensor "${tables[0]![0]}" has an unexpected shape, ${shape.join('×')}`,
      );
      expect(describeText(describeModel(file))).toBe('AnimateDiff v2 motion module');
    },
  );

  it('names the tensor, its shape, and the expected shape', () => {
    const name = 'model.diffusion_model.out.2.weight';
    const { shape, ...entry } = CHECKPOINT.tensors.get(name)!;
    const [defect] = defectsOf(changed(CHECKPOINT, name, { ...entry, shape: [8, ...shape.slice(1)] }));
    expect(defectText(defect!)).toBe(`its UNet's tensor "${name}" has shape 8×64×3×3, but 4×64×3×3 is expected`);
    const vae = 'first_stage_model.decoder.conv_in.weight';
    const conv = CHECKPOINT.tensors.get(vae)!;
    const wide = { ...conv, shape: [conv.shape[0]!, 16, 3, 3] };
    expect(defectText(defectsOf(changed(CHECKPOINT, vae, wide))[0]!)).toMatch(
      /its VAE's tensor .*conv_in.* has shape \d+×16×3×3, but \d+×4×3×3 is expected/,
    );
  });

  it.each<[Pick<TensorDefect, 'has' | 'expected'>, string]>([
    [{ has: null, expected: [320] }, 'its motion module has no tensor "a.weight" (expected shape 320)'],
    [{ has: null, expected: [0] }, 'its motion module has no tensor "a.weight"'],
    [{ has: null, expected: [320, 0] }, 'its motion module has no tensor "a.weight"'],
    [{ has: [8], expected: [320] }, 'its motion module\'s tensor "a.weight" has shape 8, but 320 is expected'],
    [{ has: [8], expected: [0] }, 'its motion module\'s tensor "a.weight" has an unexpected shape, 8'],
    [{ has: [8, 4], expected: [8, 0] }, 'its motion module\'s tensor "a.weight" has an unexpected shape, 8×4'],
  ])('names the expected shape only if it is known: %j', (shapes, text) => {
    expect(defectText({ component: 'motionModule', tensor: 'a.weight', ...shapes })).toBe(text);
  });

  it.each<[string, WeightsFile]>([
    ['a tensor `v_pred`', changed(CHECKPOINT, 'v_pred', { ...CHECKPOINT.tensors.values().next().value!, shape: [] })],
    ...['v', 'v_prediction', 'v-pred'].map((type): [string, WeightsFile] => [
      type,
      { ...CHECKPOINT, metadata: { 'modelspec.prediction_type': type } },
    ]),
  ])('recognizes v-prediction from %s', (_, file) => {
    expect(describeModel(file)).toMatchObject({ vPrediction: true });
    expect(describeModel({ ...CHECKPOINT, metadata: { 'modelspec.prediction_type': 'epsilon' } })).not.toHaveProperty(
      'vPrediction',
    );
  });

  it('recognizes v-prediction from the configuration beside a checkpoint', async () => {
    const header = { 'a.weight': { dtype: 'U8', shape: [1], data_offsets: [0, 1] } };
    const path = fileOf(safetensorsOf(header, new Uint8Array(1)));
    const config = path.replace('.safetensors', '.yaml');
    writeFileSync(config, 'model:\n  params:\n    parameterization: "v"\n    linear_start: 0.00085\n');
    expect((await openWeights(path)).metadata).toEqual({ 'modelspec.prediction_type': 'v' });
    writeFileSync(config, 'model:\n  params:\n    parameterization: "eps"\n');
    expect((await openWeights(path)).metadata).toEqual({});
  });
});

describe('the configuration of a component', () => {
  it.each([
    ['{"a', 'it is not valid JSON'],
    ['<html>', 'it is not valid JSON'],
    ['[1]', 'it is not a JSON object'],
    ['null', 'it is not a JSON object'],
    ['{"_class_name": 5}', 'its value of _class_name is invalid'],
    ['{"architectures": [5]}', 'its value of architectures is invalid'],
  ])('%s is reported in plain words', async (text, what) => {
    const header = { 'a.weight': { dtype: 'U8', shape: [1], data_offsets: [0, 1] } };
    const path = fileOf(safetensorsOf(header, new Uint8Array(1)), 'diffusion_pytorch_model.safetensors');
    const config = resolve(path, '../config.json');
    writeFileSync(config, text);
    await expect(openWeights(path)).rejects.toThrow(`${config} cannot be read: ${what}. Download or copy it again.`);
  });
});

describe('firstNonFinite', () => {
  const bits = {
    F32: [0x7f800000, 0x7fc00000, 0xff800000],
    F16: [0x7c00, 0x7e00, 0xfc00],
    BF16: [0x7f80, 0x7fc0, 0xff80],
  } as const;
  it.each([
    ['F8_E4M3', 0x7f],
    ['F8_E4M3', 0xff],
    ['F8_E5M2', 0x7c],
    ['F8_E5M2', 0xfd],
  ] as const)('finds the %s %i', async (dtype, value) => {
    const gathered = Uint8Array.of(0x7b, 0xfb, value);
    const entry = { name: 'a', dtype, shape: [3], file: '/a', offset: 0, length: gathered.length, gathered };
    expect(await firstNonFinite([entry])).toBe(entry);
    gathered[2] = 0x7b;
    expect(await firstNonFinite([entry])).toBe(null);
  });

  it.each((['F32', 'F16', 'BF16'] as const).flatMap((dtype) => bits[dtype].map((value) => [dtype, value] as const)))(
    'finds the %s %i',
    async (dtype, value) => {
      const values = dtype === 'F32' ? Uint32Array.of(0, 1, value) : Uint16Array.of(0, 1, value);
      const gathered = new Uint8Array(values.buffer);
      const entry = { name: 'a', dtype, shape: [3], file: '/a', offset: 0, length: gathered.length, gathered };
      expect(await firstNonFinite([entry])).toBe(entry);
      values[2] = 5;
      expect(await firstNonFinite([entry])).toBeNull();
    },
  );

  it('finds one value anywhere in a file, of any type, and no finite one', async () => {
    const dtype = fc.constantFrom('F32', 'F16', 'BF16', 'F64');
    const width = { F32: 4, F16: 2, BF16: 2, F64: 8 } as const;
    const found = fc.tuple(dtype, fc.integer({ min: 1, max: 40 }), fc.nat(), fc.integer({ min: 0, max: 9 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(found, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.boolean(),
        async (parts, at, bad) => {
          const chosen = at % parts.length;
          const chunks: Buffer[] = [];
          let offset = 0;
          const entries: TensorEntry[] = [];
          const path = fileOf('');
          for (const [i, [type, count, index, gap]] of parts.entries()) {
            const bytes = Buffer.alloc(count * width[type], 0x3b);
            // The high bytes of a number, with all bits of its exponent or with all but the lowest.
            const end = ((index % count) + 1) * width[type];
            const high = { F32: 0x7f80, F16: 0x7c00, BF16: 0x7f80, F64: 0x7ff0 }[type];
            const lowest = { F32: 0x80, F16: 0x400, BF16: 0x80, F64: 0x10 }[type];
            bytes.writeUInt16LE(bad && i === chosen ? high : high - lowest, end - 2);
            chunks.push(Buffer.alloc(gap, 0xff), bytes);
            entries.push({
              name: `t${i}`,
              dtype: type,
              shape: [count],
              file: path,
              offset: offset + gap,
              length: bytes.length,
            });
            offset += gap + bytes.length;
          }
          writeFileSync(path, Buffer.concat([...chunks, Buffer.alloc(9, 0xff)]));
          expect((await firstNonFinite(entries))?.name ?? null).toBe(bad ? `t${chosen}` : null);
        },
      ),
      runs(200),
    );
  });
});

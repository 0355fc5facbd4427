import { describe, expect, it } from 'vitest';
import { loraPatches } from '../../../engine/lora/patches.ts';
import { openWeights } from '../../../weights/open.ts';
import { BadModelError, elementCount } from '../../../weights/tensor.ts';
import { POCKET, POCKET_LORA, pocketMotionModule } from '../../golden/models.ts';
import { itWithGolden } from '../../golden/tests.ts';
import type { RawTensor } from '../../golden/write.ts';
import { fileOf, type Shapes, safetensorsOf, safetensorsWith } from '../../weights/files.ts';
import { fileBytes } from '../../weights/layouts/raw.ts';
import { checkpoint, golden, loha, motionLora, pair, renamed } from './lora-files.ts';

describe('loraPatches', () => {
  itWithGolden("divides alpha by each layer's own rank", async () => {
    const file = await golden('tiny-sd15.safetensors');
    const { patches } = await loraPatches(await golden('tiny_kohya_locon.safetensors'), {
      unet: file,
      textEncoder: file,
    });
    const scale = (ending: string) => patches.find(({ target }) => target.endsWith(ending))!.scale;
    expect(scale('attn1.to_q.weight')).toBe(2 / 4);
    expect(scale('in_layers.2.weight')).toBe(1 / 3);
    expect(scale('mlp.fc1.weight')).toBe(4 / 4);
  });

  it('scales a layer by alpha / rank, or by 1 without an alpha', async () => {
    const file = await openWeights(POCKET);
    const { patches } = await loraPatches(await openWeights(POCKET_LORA), { unet: file, textEncoder: file });
    expect(patches.map(({ scale }) => scale)).toEqual([0.5 / 4, 0.5 / 4, 0.5 / 4, 0.5 / 4]);
    const motionModule = await pocketMotionModule('v2');
    const motion = await loraPatches(await motionLora({ 'down_blocks.0': 64, mid_block: 96 }), { motionModule });
    expect(motion.patches.map(({ scale }) => scale)).toEqual([1, 1]);
  });

  it.each([
    [{ 'unet.r': 2, 'unet.lora_alpha': 1 }, 0.5],
    [{ 'unet.lora_alpha': 4, 'text_encoder.lora_alpha': 1 }, 2],
    [{ 'unet.lora_alpha': 1, 'unet.alpha_pattern': { 'attn1.to_q': 6 } }, 3],
    [{ 'unet.lora_alpha': 1, 'unet.alpha_pattern': { 'attn1.to_k': 6 } }, 0.5],
    [{ 'unet.lora_alpha': 2, 'unet.use_rslora': true }, Math.SQRT2],
    [{ 'text_encoder.lora_alpha': 8 }, 1],
  ])('takes alpha from %j', async (adapter, scale) => {
    const layer = 'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q';
    const shapes = pair(`${layer}.lora_A.weight`, `${layer}.lora_B.weight`, 4, 4);
    const metadata = { lora_adapter_metadata: JSON.stringify(adapter) };
    const lora = await openWeights(fileOf(safetensorsWith(shapes, { metadata })));
    const { patches } = await loraPatches(lora, { unet: await checkpoint() });
    expect(patches.map((patch) => patch.scale)).toEqual([expect.closeTo(scale)]);
  });

  it.each<[string, string]>([
    ['{', 'is not valid JSON'],
    ['', 'is not valid JSON'],
    ['[1]', 'is not a JSON object'],
    ['null', 'is not a JSON object'],
    ['"unet"', 'is not a JSON object'],
    ['{"unet.lora_alpha": "4"}', 'has unet.lora_alpha = "4" instead of a number'],
    ['{"unet.lora_alpha": null}', 'has unet.lora_alpha = null instead of a number'],
    ['{"text_encoder.lora_alpha": [8]}', 'has text_encoder.lora_alpha = [8] instead of a number'],
    ['{"unet.alpha_pattern": 6}', 'has unet.alpha_pattern = 6 instead of numbers by layer'],
    ['{"unet.alpha_pattern": {"a.b": "6"}}', 'has unet.alpha_pattern = {"a.b":"6"} instead of numbers by layer'],
    ['{"unet.use_rslora": "yes"}', 'has unet.use_rslora = "yes" instead of true or false'],
    [`{"unet.use_rslora": "${'y'.repeat(50)}"}`, `has unet.use_rslora = "${'y'.repeat(39)}… instead of true or false`],
  ])('reports damaged metadata of an adapter: %j', async (text, what) => {
    const layer = 'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q';
    const shapes = pair(`${layer}.lora_A.weight`, `${layer}.lora_B.weight`, 4, 4);
    const lora = await openWeights(fileOf(safetensorsWith(shapes, { metadata: { lora_adapter_metadata: text } })));
    await expect(loraPatches(lora, { unet: await checkpoint() })).rejects.toThrow(
      new BadModelError(
        `${lora.path}: its metadata lora_adapter_metadata ${what}. The file is damaged. Download or copy it again.`,
      ),
    );
  });

  it.each<[string, Shapes, number]>([
    ['alone', {}, 1],
    ['with alpha', { 'LAYER.alpha': [] }, 0.25],
  ])('multiplies by the scalar of LyCORIS, %s', async (_, more, scale) => {
    const layer = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q';
    const shapes = { ...loha(layer, 4, 4), [`${layer}.scalar`]: [], ...renamed(more, layer) };
    const values = { scalar: 0.75, alpha: 0.5 };
    const tensors = Object.entries(shapes).map(([name, shape]): [string, RawTensor] => {
      const value = values[name.slice(layer.length + 1) as keyof typeof values] ?? 1;
      const bytes = new Uint8Array(new Float32Array(elementCount(shape)).fill(value).buffer);
      return [name, { dtype: 'F32', shape, bytes }];
    });
    const { patches, ...rest } = await loraPatches(await openWeights(fileOf(fileBytes(new Map(tensors)))), {
      unet: await checkpoint(),
    });
    expect(rest).toEqual({ unmatched: [], misfits: [], others: [], unsupported: [] });
    expect(patches.map((patch) => patch.scale)).toEqual([0.75 * scale]);
  });

  it('rejects an alpha that is not a number', async () => {
    const layer = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q';
    const bytes = new Uint8Array(34);
    bytes.set([0x00, 0x7e], 32);
    const header = {
      [`${layer}.lora_down.weight`]: { dtype: 'F16', shape: [2, 4], data_offsets: [0, 16] },
      [`${layer}.lora_up.weight`]: { dtype: 'F16', shape: [4, 2], data_offsets: [16, 32] },
      [`${layer}.alpha`]: { dtype: 'F16', shape: [], data_offsets: [32, 34] },
    };
    const lora = await openWeights(fileOf(safetensorsOf(header, bytes)));
    await expect(loraPatches(lora, { unet: await checkpoint() })).rejects.toThrow(/alpha" is not a number/);
  });
});

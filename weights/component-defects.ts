import { largest } from '../plan/extremes.ts';
import type { TensorDefect } from '../plan/model.ts';
import { ExpectedTensors } from './expected-tensors.ts';
import { positionsIn, positionTable } from './layouts/motion-positions.ts';
import type { TensorEntry } from './tensor.ts';

type Tensors = ReadonlyMap<string, TensorEntry>;

const LATENT_CHANNELS = 4;
/** An image is eight times as large as its latents: a level without, and three with an upsampler. */
const VAE_LEVELS = 4;
const TOKENS = 77;

/**
 * The first tensor that the decoder of LDM's AutoencoderKL (`ldm/modules/diffusionmodules/model.py`) needs, and that is
 * missing or has another shape.
 *
 * @param tensors by LDM's names without prefix
 */
export function vaeDefect(tensors: Tensors): TensorDefect | null {
  const expected = new ExpectedTensors(tensors, 'vae');
  const resnet = (name: string, from: number): number => {
    const to = expected.usual([
      [`${name}.conv2.weight`, 0],
      [`${name}.conv1.weight`, 0],
      [`${name}.norm2.weight`, 0],
    ]);
    expected.norm(`${name}.norm1`, from);
    expected.conv(`${name}.conv1`, to, from, 3);
    expected.norm(`${name}.norm2`, to);
    expected.conv(`${name}.conv2`, to, to, 3);
    if (from !== to) expected.conv(`${name}.nin_shortcut`, to, from, 1);
    return to;
  };
  let width = expected.usual([
    ['decoder.conv_in.weight', 0],
    ['decoder.conv_in.bias', 0],
    ['decoder.mid.block_1.norm1.weight', 0],
  ]);
  expected.conv('decoder.conv_in', width, LATENT_CHANNELS, 3);
  expected.conv('post_quant_conv', LATENT_CHANNELS, LATENT_CHANNELS, 1);
  width = resnet('decoder.mid.block_1', width);
  expected.norm('decoder.mid.attn_1.norm', width);
  for (const part of ['q', 'k', 'v', 'proj_out']) expected.linear(`decoder.mid.attn_1.${part}`, width, width);
  width = resnet('decoder.mid.block_2', width);
  for (let level = VAE_LEVELS - 1; level >= 0; level--) {
    const name = `decoder.up.${level}`;
    const blocks = Math.max(1, expected.count(`${name}.block.`));
    for (let i = 0; i < blocks; i++) width = resnet(`${name}.block.${i}`, width);
    if (level > 0) expected.conv(`${name}.upsample.conv`, width, width, 3);
  }
  expected.norm('decoder.norm_out', width);
  expected.conv('decoder.conv_out', 3, width, 3);
  return expected.defect;
}

/**
 * The first tensor that CLIP's text model (transformers, `CLIPTextModel`) needs, and that is missing or has another
 * shape.
 *
 * @param tensors by transformers' names without prefix
 * @param width of the text encoding that the UNet expects; 0: any
 */
export function textEncoderDefect(tensors: Tensors, width: number): TensorDefect | null {
  const expected = new ExpectedTensors(tensors, 'textEncoder');
  const table = tensors.get('embeddings.token_embedding.weight');
  const channels = width === 0 ? (table?.shape[1] ?? 0) : width;
  expected.tensor('embeddings.token_embedding.weight', [table?.shape[0] ?? 0, channels]);
  expected.tensor('embeddings.position_embedding.weight', [TOKENS, channels]);
  const layers = Math.max(1, expected.count('encoder.layers.'));
  for (let i = 0; i < layers; i++) {
    const layer = `encoder.layers.${i}`;
    const inner = expected.usual([
      [`${layer}.mlp.fc1.weight`, 0],
      [`${layer}.mlp.fc1.bias`, 0],
      [`${layer}.mlp.fc2.weight`, 1],
    ]);
    expected.norm(`${layer}.layer_norm1`, channels);
    for (const part of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) {
      expected.linear(`${layer}.self_attn.${part}`, channels, channels);
    }
    expected.norm(`${layer}.layer_norm2`, channels);
    expected.linear(`${layer}.mlp.fc1`, inner, channels);
    expected.linear(`${layer}.mlp.fc2`, channels, inner);
  }
  expected.norm('final_layer_norm', channels);
  return expected.defect;
}

const MODULE =
  /^((?:down|up)_blocks\.\d{1,2}|mid_block)\.(motion_modules|temporal_attentions)\.(\d{1,2})\.(temporal_transformer\.)?/;

/**
 * The first tensor that AnimateDiff's motion module (`motion_module.py`) needs, and that is missing or has another
 * shape. All of its down blocks have as many temporal transformers, and so have all of its up blocks.
 */
export function motionModuleDefect(tensors: Tensors): TensorDefect | null {
  const expected = new ExpectedTensors(tensors, 'motionModule');
  const names = [...tensors.keys()];
  const table = positionTable(tensors);
  const tableName = table?.name.slice(table.name.lastIndexOf('.') + 1);
  const positions = positionsIn(table);
  if (table && positions === 0) {
    return { component: 'motionModule', tensor: table.name, has: table.shape, expected: [1, 0, 0] };
  }
  for (const name of moduleNames(names)) {
    if (expected.defect !== null) break;
    const channels = expected.usual(
      names.flatMap((key) =>
        key.startsWith(`${name}.`) && /\.(?:proj_in|proj_out|to_[qkv]|to_out\.0)\.weight$/.test(key)
          ? [[key, 0] as const]
          : [],
      ),
    );
    expected.norm(`${name}.norm`, channels);
    expected.linear(`${name}.proj_in`, channels, channels);
    const blocks = Math.max(1, expected.count(`${name}.transformer_blocks.`));
    for (let i = 0; i < blocks; i++) {
      const block = `${name}.transformer_blocks.${i}`;
      const attentions = Math.max(1, expected.count(`${block}.attention_blocks.`), expected.count(`${block}.norms.`));
      for (let k = 0; k < attentions; k++) {
        const attention = `${block}.attention_blocks.${k}`;
        expected.attention(attention, channels, channels);
        if (tableName !== undefined) {
          expected.tensor(`${attention}.pos_encoder.${tableName}`, [1, positions, channels]);
        }
        expected.norm(`${block}.norms.${k}`, channels);
      }
      expected.feedForward(`${block}.ff`, channels);
      expected.norm(`${block}.ff_norm`, channels);
    }
    expected.linear(`${name}.proj_out`, channels, channels);
  }
  return expected.defect;
}

/** The temporal transformers of a complete module: in each of its blocks as many as in the block with the most. */
function moduleNames(names: readonly string[]): string[] {
  const blocks = new Set<string>();
  const counts = new Map<string, number>();
  let [list, inner] = ['motion_modules', ''];
  for (const name of names) {
    const [, block, kind, index, transformer = ''] = MODULE.exec(name) ?? [];
    if (block === undefined) continue;
    [list, inner] = [kind!, transformer];
    blocks.add(block);
    const side = block.split('_')[0]!;
    counts.set(side, Math.max(counts.get(side) ?? 0, Number(index) + 1));
  }
  for (const side of ['down', 'up']) {
    const last = Math.max(
      -1,
      largest([...blocks].filter((b) => b.startsWith(side)).map((b) => Number(b.split('.')[1]))),
    );
    for (let level = 0; level <= last; level++) blocks.add(`${side}_blocks.${level}`);
  }
  return [...blocks]
    .sort()
    .flatMap((block) =>
      Array.from({ length: counts.get(block.split('_')[0]!) ?? 0 }, (_, i) =>
        `${block}.${list}.${i}.${inner}`.replace(/\.$/, ''),
      ),
    );
}

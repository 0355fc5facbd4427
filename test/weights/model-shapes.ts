import type { Shapes } from './files.ts';

interface UNetShape {
  readonly channels?: readonly number[];
  readonly layers?: number;
  /** Levels that have attention. */
  readonly attention?: readonly number[];
  readonly context?: number;
  readonly inputChannels?: number;
  /** Stable Diffusion 2 and XL project into attentions by matrices. */
  readonly linear?: boolean;
  readonly prefix?: string;
}

/** Keys and shapes of a small UNet in LDM's naming: the weights that LoRAs change and those that tell its structure. */
export function unetShapes({
  channels = [4, 8],
  layers = 2,
  attention = [0],
  context = 6,
  inputChannels = 4,
  linear = false,
  prefix = 'model.diffusion_model.',
}: UNetShape = {}): Shapes {
  const shapes: Record<string, readonly number[]> = {};
  const add = (name: string, ...shape: number[]) => {
    shapes[`${prefix}${name}.weight`] = shape;
  };
  const resnet = (name: string, from: number, to: number) => {
    add(`${name}.in_layers.0`, from);
    add(`${name}.in_layers.2`, to, from, 3, 3);
    add(`${name}.emb_layers.1`, to, 16);
    add(`${name}.out_layers.0`, to);
    add(`${name}.out_layers.3`, to, to, 3, 3);
    if (from !== to) add(`${name}.skip_connection`, to, from, 1, 1);
  };
  const transformer = (name: string, width: number) => {
    const point = linear ? [] : [1, 1];
    add(`${name}.proj_in`, width, width, ...point);
    for (const [attn, source] of [['attn1', width] as const, ['attn2', context] as const]) {
      const block = `${name}.transformer_blocks.0.${attn}`;
      add(`${block}.to_q`, width, width);
      add(`${block}.to_k`, width, source);
      add(`${block}.to_out.0`, width, width);
    }
    add(`${name}.proj_out`, width, width, ...point);
  };
  add('input_blocks.0.0', channels[0]!, inputChannels, 3, 3);
  add('time_embed.0', 16, 4);
  const skips = [channels[0]!];
  let block = 1;
  let width = channels[0]!;
  for (const [level, to] of channels.entries()) {
    for (let layer = 0; layer < layers; layer++, block++) {
      resnet(`input_blocks.${block}.0`, width, to);
      if (attention.includes(level)) transformer(`input_blocks.${block}.1`, to);
      skips.push(to);
      width = to;
    }
    if (level === channels.length - 1) break;
    add(`input_blocks.${block++}.0.op`, width, width, 3, 3);
    skips.push(width);
  }
  resnet('middle_block.0', width, width);
  transformer('middle_block.1', width);
  resnet('middle_block.2', width, width);
  block = 0;
  for (let level = channels.length - 1; level >= 0; level--) {
    for (let layer = 0; layer <= layers; layer++, block++) {
      const name = `output_blocks.${block}`;
      resnet(`${name}.0`, width + skips.pop()!, channels[level]!);
      width = channels[level]!;
      const attends = attention.includes(level);
      if (attends) transformer(`${name}.1`, width);
      if (layer === layers && level > 0) add(`${name}.${attends ? 2 : 1}.conv`, width, width, 3, 3);
    }
  }
  add('out.0', width);
  add('out.2', 4, width, 3, 3);
  return shapes;
}

/** Keys and shapes of a small CLIP text encoder. */
export function textEncoderShapes(prefix = 'cond_stage_model.transformer.text_model.'): Shapes {
  return {
    [`${prefix}embeddings.token_embedding.weight`]: [10, 6],
    [`${prefix}encoder.layers.0.self_attn.q_proj.weight`]: [6, 6],
    [`${prefix}encoder.layers.0.self_attn.out_proj.weight`]: [6, 6],
    [`${prefix}encoder.layers.0.mlp.fc1.weight`]: [24, 6],
  };
}

export const VAE_SHAPES: Shapes = {
  'decoder.conv_in.weight': [8, 4, 3, 3],
  'decoder.mid.block_1.conv1.weight': [8, 8, 3, 3],
};

export function prefixed(shapes: Shapes, prefix: string): Shapes {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, shape]));
}

/** Keys and shapes of some of an AnimateDiff motion module's blocks. */
export function motionShapes(blocks: readonly string[], positions: number | null): Shapes {
  return Object.fromEntries(
    blocks.flatMap((block) => {
      const attention = `${block}.motion_modules.0.temporal_transformer.transformer_blocks.0.attention_blocks.0`;
      return [
        [`${attention}.to_q.weight`, [8, 8]],
        [`${attention}.to_out.0.weight`, [8, 8]],
        ...(positions === null ? [] : [[`${attention}.pos_encoder.pe`, [1, positions, 8]]]),
      ];
    }),
  );
}

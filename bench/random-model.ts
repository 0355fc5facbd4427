/** Model files of full size with random weights, so that their speed can be measured without the real ones. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { extractor, FUSED_LEVELS, fusion, OWN_PREDICTORS, predictor, SUB_LEVELS } from '../weights/film.ts';
import { elementCount } from '../weights/tensor.ts';

type Shapes = Map<string, readonly number[]>;

/** Adds the tensors of layers to `shapes`. */
class Shaper {
  readonly #shapes: Shapes;
  readonly #prefix: string;

  constructor(shapes: Shapes, prefix: string) {
    this.#shapes = shapes;
    this.#prefix = prefix;
  }

  tensor(name: string, ...shape: number[]): void {
    this.#shapes.set(this.#prefix + name, shape);
  }

  /** A linear layer or a convolution; the bias has the size of the first axis. */
  layer(name: string, ...shape: number[]): void {
    this.tensor(`${name}.weight`, ...shape);
    this.tensor(`${name}.bias`, shape[0]!);
  }

  conv(name: string, from: number, to: number, kernel = 3): void {
    this.layer(name, to, from, kernel, kernel);
  }

  /** Projections of an attention. */
  attention(name: string, width: number, context = width): void {
    this.tensor(`${name}.to_q.weight`, width, width);
    for (const part of ['k', 'v']) this.tensor(`${name}.to_${part}.weight`, width, context);
    this.layer(`${name}.to_out.0`, width, width);
  }

  feedForward(name: string, width: number): void {
    this.layer(`${name}.net.0.proj`, 8 * width, width);
    this.layer(`${name}.net.2`, width, 4 * width);
  }
}

/** Stable Diffusion 1.5's. */
const WIDTHS = [320, 640, 1280, 1280] as const;
const CONTEXT = 768;
const TIME = 1280;
const LAYERS = 2;

function addUNet(shapes: Shapes): void {
  const add = new Shaper(shapes, 'model.diffusion_model.');
  const resnet = (name: string, from: number, to: number) => {
    add.layer(`${name}.in_layers.0`, from);
    add.conv(`${name}.in_layers.2`, from, to);
    add.layer(`${name}.emb_layers.1`, to, TIME);
    add.layer(`${name}.out_layers.0`, to);
    add.conv(`${name}.out_layers.3`, to, to);
    if (from !== to) add.conv(`${name}.skip_connection`, from, to, 1);
  };
  const transformer = (name: string, width: number) => {
    const block = `${name}.transformer_blocks.0`;
    add.layer(`${name}.norm`, width);
    add.conv(`${name}.proj_in`, width, width, 1);
    for (const norm of ['norm1', 'norm2', 'norm3']) add.layer(`${block}.${norm}`, width);
    add.attention(`${block}.attn1`, width);
    add.attention(`${block}.attn2`, width, CONTEXT);
    add.feedForward(`${block}.ff`, width);
    add.conv(`${name}.proj_out`, width, width, 1);
  };
  add.layer('time_embed.0', TIME, WIDTHS[0]);
  add.layer('time_embed.2', TIME, TIME);
  add.conv('input_blocks.0.0', 4, WIDTHS[0]);
  const skips: number[] = [WIDTHS[0]];
  let width: number = WIDTHS[0];
  let block = 1;
  const last = WIDTHS.length - 1;
  for (const [level, to] of WIDTHS.entries()) {
    for (let layer = 0; layer < LAYERS; layer++, block++) {
      resnet(`input_blocks.${block}.0`, width, to);
      if (level < last) transformer(`input_blocks.${block}.1`, to);
      skips.push(to);
      width = to;
    }
    if (level === last) break;
    add.conv(`input_blocks.${block++}.0.op`, width, width);
    skips.push(width);
  }
  resnet('middle_block.0', width, width);
  transformer('middle_block.1', width);
  resnet('middle_block.2', width, width);
  block = 0;
  for (let level = last; level >= 0; level--) {
    for (let layer = 0; layer <= LAYERS; layer++, block++) {
      const to = WIDTHS[level]!;
      resnet(`output_blocks.${block}.0`, width + skips.pop()!, to);
      width = to;
      if (level < last) transformer(`output_blocks.${block}.1`, width);
      if (layer === LAYERS && level > 0) add.conv(`output_blocks.${block}.${level < last ? 2 : 1}.conv`, width, width);
    }
  }
  add.layer('out.0', width);
  add.conv('out.2', width, 4);
}

function addVae(shapes: Shapes): void {
  const add = new Shaper(shapes, 'first_stage_model.');
  const widths = [128, 256, 512, 512] as const;
  const resnet = (name: string, from: number, to: number) => {
    add.layer(`${name}.norm1`, from);
    add.conv(`${name}.conv1`, from, to);
    add.layer(`${name}.norm2`, to);
    add.conv(`${name}.conv2`, to, to);
    if (from !== to) add.conv(`${name}.nin_shortcut`, from, to, 1);
  };
  const middle = (name: string, width: number) => {
    resnet(`${name}.block_1`, width, width);
    add.layer(`${name}.attn_1.norm`, width);
    for (const part of ['q', 'k', 'v', 'proj_out']) add.conv(`${name}.attn_1.${part}`, width, width, 1);
    resnet(`${name}.block_2`, width, width);
  };
  const half = (side: 'encoder' | 'decoder', ends: { readonly from: number; readonly to: number }) => {
    const [levels, blocks] = side === 'encoder' ? [[0, 1, 2, 3], 2] : [[3, 2, 1, 0], 3];
    let width: number = widths[levels[0]!]!;
    add.conv(`${side}.conv_in`, ends.from, width);
    if (side === 'decoder') middle('decoder.mid', width);
    for (const level of levels) {
      const name = `${side}.${side === 'encoder' ? 'down' : 'up'}.${level}`;
      for (let i = 0; i < blocks; i++) {
        resnet(`${name}.block.${i}`, width, widths[level]!);
        width = widths[level]!;
      }
      if (level === levels.at(-1)) break;
      add.conv(`${name}.${side === 'encoder' ? 'downsample' : 'upsample'}.conv`, width, width);
    }
    if (side === 'encoder') middle('encoder.mid', width);
    add.layer(`${side}.norm_out`, width);
    add.conv(`${side}.conv_out`, width, ends.to);
  };
  half('encoder', { from: 3, to: 8 });
  half('decoder', { from: 4, to: 3 });
  add.conv('quant_conv', 8, 8, 1);
  add.conv('post_quant_conv', 4, 4, 1);
}

function addTextEncoder(shapes: Shapes): void {
  const add = new Shaper(shapes, 'cond_stage_model.transformer.text_model.');
  add.tensor('embeddings.token_embedding.weight', 49408, CONTEXT);
  add.tensor('embeddings.position_embedding.weight', 77, CONTEXT);
  for (let i = 0; i < 12; i++) {
    const name = `encoder.layers.${i}`;
    for (const norm of ['layer_norm1', 'layer_norm2']) add.layer(`${name}.${norm}`, CONTEXT);
    for (const part of ['q', 'k', 'v', 'out']) add.layer(`${name}.self_attn.${part}_proj`, CONTEXT, CONTEXT);
    add.layer(`${name}.mlp.fc1`, 4 * CONTEXT, CONTEXT);
    add.layer(`${name}.mlp.fc2`, CONTEXT, 4 * CONTEXT);
  }
  add.layer('final_layer_norm', CONTEXT);
}

/** Every tensor of a checkpoint of Stable Diffusion 1.5, in AUTOMATIC1111's layout. */
export function checkpointShapes(): Shapes {
  const shapes: Shapes = new Map();
  addUNet(shapes);
  addVae(shapes);
  addTextEncoder(shapes);
  return shapes;
}

/** Every tensor of mm_sd_v15_v2. */
export function motionModuleShapes(): Shapes {
  const shapes: Shapes = new Map();
  const add = new Shaper(shapes, '');
  const block = (place: string, width: number) => {
    const name = `${place}.temporal_transformer`;
    const inner = `${name}.transformer_blocks.0`;
    add.layer(`${name}.norm`, width);
    add.layer(`${name}.proj_in`, width, width);
    for (const i of [0, 1]) {
      add.attention(`${inner}.attention_blocks.${i}`, width);
      add.tensor(`${inner}.attention_blocks.${i}.pos_encoder.pe`, 1, 32, width);
      add.layer(`${inner}.norms.${i}`, width);
    }
    add.feedForward(`${inner}.ff`, width);
    add.layer(`${inner}.ff_norm`, width);
    add.layer(`${name}.proj_out`, width, width);
  };
  for (const [level, width] of WIDTHS.entries()) {
    for (let i = 0; i < LAYERS; i++) block(`down_blocks.${level}.motion_modules.${i}`, width);
    for (let i = 0; i <= LAYERS; i++) block(`up_blocks.${WIDTHS.length - 1 - level}.motion_modules.${i}`, width);
  }
  block('mid_block.motion_modules.0', WIDTHS.at(-1)!);
  return shapes;
}

/** Every tensor of FILM by the names of `filmWeights`; by default in the widths of the published model. */
export function filmShapes(filters = 64, flowFilters: readonly number[] = [32, 64, 128, 256]): Shapes {
  const shapes: Shapes = new Map();
  const add = new Shaper(shapes, '');
  const features = (level: number) => filters * (2 ** Math.min(level + 1, SUB_LEVELS) - 1);
  const fused = (level: number) => 2 * (3 + features(level)) + 4;
  for (let sub = 0; sub < SUB_LEVELS; sub++) {
    const width = filters << sub;
    add.conv(extractor(sub, 0), sub === 0 ? 3 : width >> 1, width);
    add.conv(extractor(sub, 1), width, width);
  }
  for (let level = 0; level <= OWN_PREDICTORS; level++) {
    const [name, width] = [predictor(level), flowFilters[level]!];
    add.conv(`${name}._convs.0`, 2 * features(level), width);
    for (const i of [1, 2]) add.conv(`${name}._convs.${i}`, width, width);
    add.conv(`${name}._convs.3`, width, width >> 1, 1);
    add.conv(`${name}._convs.4`, width >> 1, 2, 1);
  }
  for (let level = FUSED_LEVELS - 2; level >= 0; level--) {
    const width = filters << level;
    const coarser = level === FUSED_LEVELS - 2 ? fused(level + 1) : width << 1;
    add.conv(`${fusion(level)}.0`, coarser, width, 2);
    add.conv(`${fusion(level)}.1`, width + fused(level), width);
    add.conv(`${fusion(level)}.2`, width, width);
  }
  add.conv('fuse.output_conv', filters, 3, 1);
  return shapes;
}

/** Values are drawn from as many different ones. */
const VALUES = 1 << 16;

/**
 * Write a safetensors file of float16 whose layers keep the size of what goes through them: uniform values with the
 * variance 1/inputs; norms have weights of 1, and biases are 0.
 */
export async function writeRandomModel(path: string, shapes: Shapes): Promise<void> {
  let end = 0;
  const entries = [...shapes].map(([name, shape]) => {
    const start = end;
    end += 2 * elementCount(shape);
    return [name, { dtype: 'F16', shape, data_offsets: [start, end] }] as const;
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = createWriteStream(path);
  const write = async (bytes: Uint8Array) => {
    if (!file.write(bytes)) await once(file, 'drain');
  };
  await write(length);
  await write(header);
  let state = 1;
  for (const [name, shape] of shapes) {
    const limit = name.endsWith('.bias') ? 0 : Math.sqrt(3 / elementCount(shape.slice(1)));
    const isNorm = name.endsWith('.weight') && shape.length === 1;
    const table = Uint16Array.from({ length: VALUES }, (_, i) =>
      halfBits(isNorm ? 1 : limit * ((2 * i + 1) / VALUES - 1)),
    );
    const values = new Uint16Array(elementCount(shape));
    for (let i = 0; i < values.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      values[i] = table[state >>> 16]!;
    }
    await write(new Uint8Array(values.buffer));
  }
  file.end();
  await once(file, 'close');
}

/** The bits of a finite number of less than 65504 as a float16, rounded down; tiny ones become 0. */
function halfBits(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
  if (exponent <= 0) return (bits >>> 16) & 0x8000;
  return ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}

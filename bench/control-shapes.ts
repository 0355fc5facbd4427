import { CONTROL_LORA_MARK } from '../weights/control-lora.ts';
import { elementCount } from '../weights/tensor.ts';

type Shapes = ReadonlyMap<string, readonly number[]>;

const UNET = 'model.diffusion_model.';

/** Input channels of each convolution of the hint block, by its number. */
const HINT = [
  [0, 3],
  [2, 16],
  [4, 16],
  [6, 32],
  [8, 32],
  [10, 96],
  [12, 96],
  [14, 256],
] as const;

/** The part of a checkpoint's UNet that a ControlNet has, too, without prefix. */
const wayDown = (checkpoint: Shapes): Map<string, readonly number[]> =>
  new Map(
    [...checkpoint].flatMap(([name, shape]) => {
      const own = name.startsWith(UNET) ? name.slice(UNET.length) : '';
      return /^(?:input_blocks|middle_block|time_embed)\./.test(own) ? [[own, shape] as const] : [];
    }),
  );

/** What only a ControlNet has. */
function ownLayers(unet: Shapes): Map<string, readonly number[]> {
  const added = new Map<string, readonly number[]>();
  const conv = (name: string, to: number, from: number, kernel: number) => {
    added.set(`${name}.weight`, [to, from, kernel, kernel]);
    added.set(`${name}.bias`, [to]);
  };
  for (let block = 0; unet.has(`input_blocks.${block}.0.bias`) || inner(unet, block) !== undefined; block++) {
    const width = (unet.get(`input_blocks.${block}.0.bias`) ?? inner(unet, block)!)[0]!;
    conv(`zero_convs.${block}.0`, width, width, 1);
  }
  const middle = unet.get('middle_block.2.out_layers.3.bias')![0]!;
  conv('middle_block_out.0', middle, middle, 1);
  for (const [i, [number, from]] of HINT.entries()) {
    conv(`input_hint_block.${number}`, HINT[i + 1]?.[1] ?? unet.get('input_blocks.0.0.bias')![0]!, from, 3);
  }
  return added;
}

const inner = (unet: Shapes, block: number) =>
  unet.get(`input_blocks.${block}.0.op.bias`) ?? unet.get(`input_blocks.${block}.0.out_layers.3.bias`);

/** Every tensor of a ControlNet for a checkpoint. */
export function controlNetShapes(checkpoint: Shapes): Map<string, readonly number[]> {
  const unet = wayDown(checkpoint);
  return new Map([...unet, ...ownLayers(unet)]);
}

/** Every tensor of a Control-LoRA for a checkpoint; biases and norms are its own. */
export function controlLoraShapes(checkpoint: Shapes, rank: number): Map<string, readonly number[]> {
  const unet = wayDown(checkpoint);
  const factors = [...unet].flatMap(([name, shape]): [string, readonly number[]][] => {
    const [out, ...rest] = shape as [number, ...number[]];
    if (rest.length === 0) return [[name, shape]];
    const least = Math.min(rank, out, elementCount(rest));
    const layer = name.slice(0, -'.weight'.length);
    return [
      [`${layer}.up`, [out, least, ...rest.slice(1).map(() => 1)]],
      [`${layer}.down`, [least, ...rest]],
    ];
  });
  return new Map([[CONTROL_LORA_MARK, [0]], ...factors, ...ownLayers(unet)]);
}

import { interpolateBilinear } from '../../annotators/interpolate.ts';
import type { Picture } from '../../annotators/picture.ts';
import type { GraphBuilder, Value } from '../../graph/builder.ts';

interface Size {
  readonly height: number;
  readonly width: number;
}

/** Sizes that residuals can have, of latents of a size: each level of the UNet halves it. */
function levelSizes(latents: Size): Size[] {
  const sizes = [latents];
  for (let { height, width } = latents; height > 1 || width > 1; ) {
    [height, width] = [Math.ceil(height / 2), Math.ceil(width / 2)];
    sizes.push({ height, width });
  }
  return sizes;
}

/** Values of a mask in all of some sizes. */
const lengthOf = (sizes: readonly Size[]): number => sizes.reduce((sum, { height, width }) => sum + height * width, 0);

/**
 * Where a ControlNet acts in a frame, in the sizes of all residuals, each made from the mask itself, as
 * sd-webui-controlnet does (`apply_effective_region_mask` in hook.py).
 *
 * @param mask gray, of any size; it is stretched
 * @param latents the frame's
 * @returns the sizes one after the other, from 0 (nothing is added) to 1
 */
export function regionMask(mask: Picture, latents: Size): Float32Array {
  const out = new Float32Array(lengthOf(levelSizes(latents)));
  let at = 0;
  for (const { height, width } of levelSizes(latents)) {
    out.set(
      interpolateBilinear(mask, width, height).map((value) => value / 255),
      at,
    );
    at += height * width;
  }
  return out;
}

/**
 * Adds an input with masks of all samples of a graph, `[batch, values of regionMask]`.
 *
 * @returns the masks in the size of a residual, `[batch, 1, height, width]`
 */
export function regionMaskInput(
  graph: GraphBuilder,
  name: string,
  batch: number,
  latents: Size,
): (size: Size) => Value {
  const all = graph.input(name, [batch, lengthOf(levelSizes(latents))]);
  const bySize = new Map<string, Value>();
  return (size) => {
    const key = `${size.height}×${size.width}`;
    const mask = bySize.get(key) ?? maskOfSize(graph, all, size, latents);
    bySize.set(key, mask);
    return mask;
  };
}

function maskOfSize(graph: GraphBuilder, all: Value, { height, width }: Size, latents: Size): Value {
  const sizes = levelSizes(latents);
  const level = sizes.findIndex((size) => size.height === height && size.width === width);
  const start = lengthOf(sizes.slice(0, level));
  return graph.reshape(graph.slice(all, 1, start, start + height * width), [all.dims[0]!, 1, height, width]);
}

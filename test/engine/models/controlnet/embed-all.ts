import type { UNet } from '../../../../engine/models/unet/unet.ts';

/** The embedded hints of a ControlNet, in order. */
export async function embedAll(
  unet: Pick<UNet, 'embedHints'>,
  controlNet: number,
  hints: Iterable<Float32Array>,
  size: { readonly height: number; readonly width: number },
): Promise<Float32Array[]> {
  const embedded: Float32Array[] = [];
  await unet.embedHints(controlNet, hints, size, (hint) => embedded.push(hint));
  return embedded;
}

/** How the four channels of a latent make the red, green and blue of its pixel, from −1 to 1, and what is added. */
export interface LatentRgb {
  /** A row for each channel of the latent. */
  readonly factors: readonly (readonly [number, number, number])[];
  readonly bias: readonly [number, number, number];
}

/**
 * Of Stable Diffusion 1's VAE, for latents scaled as the UNet's: a linear fit by Keturn
 * (https://discuss.huggingface.co/t/decoding-latents-to-rgb-without-upscaling/23204), which A1111 uses too
 * (`modules/sd_vae_approx.py`, `cheap_approximation`).
 */
export const SD1_RGB: LatentRgb = {
  factors: [
    [0.298, 0.207, 0.208],
    [0.187, 0.286, 0.173],
    [-0.158, 0.189, 0.264],
    [-0.184, -0.271, -0.473],
  ],
  bias: [0, 0, 0],
};

/** Of pocket's VAE: `scripts/fit-latent-rgb.ts`, whose mean error for another seed is 11 of 255. */
const POCKET_RGB: LatentRgb = {
  factors: [
    [0.05, 0.112, 0.022],
    [-0.313, -0.274, -0.042],
    [-0.067, 0.183, 0.424],
    [0.141, 0.155, 0.258],
  ],
  bias: [0.306, 0.173, 0.111],
};

const POCKET_CHANNELS = 32;

/** The fit for a VAE. Those of full size differ little from one another. @param channels of its full-size layers */
export const latentRgbOf = (channels: number): LatentRgb => (channels === POCKET_CHANNELS ? POCKET_RGB : SD1_RGB);

/**
 * Small pictures of latents, without a decoder: each pixel is a linear combination of the latent's channels.
 *
 * @param latents `[frames, 4, height, width]`, scaled as the UNet's, flat
 * @param area height times width
 * @returns 8-bit RGB `[frames, height, width, 3]`
 */
export function latentsToRgb(latents: Float32Array, area: number, { factors, bias }: LatentRgb): Uint8Array {
  const channels = factors.length;
  const frames = latents.length / (channels * area);
  const rgb = new Uint8Array(frames * area * 3);
  for (let frame = 0; frame < frames; frame++) {
    for (let pixel = 0; pixel < area; pixel++) {
      for (let colour = 0; colour < 3; colour++) {
        let value = bias[colour]!;
        for (let channel = 0; channel < channels; channel++) {
          value += latents[(frame * channels + channel) * area + pixel]! * factors[channel]![colour]!;
        }
        const unit = Math.min(1, Math.max(0, (value + 1) / 2));
        rgb[(frame * area + pixel) * 3 + colour] = Math.round(unit * 255);
      }
    }
  }
  return rgb;
}

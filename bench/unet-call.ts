/** One call of a UNet, whose values are the same in each run. */
export interface UnetCall {
  /** Absolute path. */
  readonly checkpoint: string;
  /** Absolute path; null: none. */
  readonly motionModule: string | null;
  /** Width of the encoded prompts. */
  readonly context: number;
  /** Of the images, in pixels. */
  readonly side: number;
  readonly frames: number;
}

/** Values that vary about as latents do. */
export const values = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => 1.4 * Math.sin(i * 1.7 + (i % 5)));

/** What the UNet takes for a call. @param prompts of a frame: two with guidance */
export function unetInput({ context, side, frames }: Omit<UnetCall, 'checkpoint' | 'motionModule'>, prompts = 2) {
  const latent = side / 8;
  const prompt = Array<Float32Array>(frames).fill(values(77 * context));
  return {
    samples: [values(frames * 4 * latent * latent)],
    contexts: Array<Float32Array[]>(prompts).fill(prompt),
    frames,
    height: latent,
    width: latent,
    timesteps: [500],
    tokens: 77,
  };
}

import type { FreeInit } from '../../plan/plan.ts';
import { roundHalfEven } from '../../plan/round-half-even.ts';
import { fourier } from './fourier.ts';

/** Of a clip's latents. */
export interface ClipShape {
  readonly frames: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** The order of the Butterworth filter, in sd-webui-animatediff and diffusers. */
const BUTTERWORTH_ORDER = 4;

/**
 * How much of each frequency FreeInit keeps of the clip, `[frames, height, width]`, flat, in the order of a centered
 * spectrum: sd-webui-animatediff's `get_freq_filter` (animatediff_freeinit.py).
 */
export function lowPassFilter(
  { filter, d_s: spatial, d_t: temporal }: Omit<FreeInit, 'iterations'>,
  { frames, height, width }: Omit<ClipShape, 'channels'>,
): Float32Array {
  const out = new Float32Array(frames * height * width);
  if (spatial === 0 || temporal === 0) return out;
  const keeps = filter === 'box' ? boxFilter(spatial, temporal, { frames, height, width }) : null;
  for (let i = 0; i < out.length; i++) {
    const [t, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    if (keeps) {
      out[i] = keeps(t, y, x) ? 1 : 0;
      continue;
    }
    const distance =
      ((spatial / temporal) * ((2 * t) / frames - 1)) ** 2 + ((2 * y) / height - 1) ** 2 + ((2 * x) / width - 1) ** 2;
    out[i] = roundFilter(filter, distance, spatial);
  }
  return out;
}

/** @param distance squared, from the center of the spectrum */
function roundFilter(filter: FreeInit['filter'], distance: number, stop: number): number {
  switch (filter) {
    case 'gaussian':
      return Math.exp(-distance / (2 * stop ** 2));
    case 'butterworth':
      return 1 / (1 + (distance / stop ** 2) ** BUTTERWORTH_ORDER);
    default:
      // Not the square of the stop frequency, as in the original.
      return distance <= 2 * stop ? 1 : 0;
  }
}

/** The height decides the extent in both directions, as in the original. */
function boxFilter(
  spatial: number,
  temporal: number,
  { frames, height, width }: Omit<ClipShape, 'channels'>,
): (t: number, y: number, x: number) => boolean {
  const [space, time] = [
    roundHalfEven(Math.floor(height / 2) * spatial),
    roundHalfEven(Math.floor(frames / 2) * temporal),
  ];
  const isNear = (place: number, size: number, extent: number) => {
    const center = Math.floor(size / 2);
    return place >= center - extent && place < center + extent;
  };
  return (t, y, x) => isNear(t, frames, time) && isNear(y, height, space) && isNear(x, width, space);
}

/**
 * FreeInit, Wu et al. 2023, "FreeInit: Bridging Initialization Gap in Video Diffusion Models": the noise that the next
 * iteration starts from has the low frequencies of the clip, with noise as at the last training step, and the high ones
 * of the noise that the first iteration started from. So it comes from the seed alone, as in sd-webui-animatediff;
 * diffusers draws new noise.
 *
 * @param clean latents of the last iteration, `[frames, channels, height, width]`, flat
 * @param noise of the first iteration, of the same shape
 * @param alpha ᾱ of the last training step
 */
export function renewedNoise(
  clean: Float32Array,
  noise: Float32Array,
  { freeInit, shape, alpha }: { readonly freeInit: FreeInit; readonly shape: ClipShape; readonly alpha: number },
): Float32Array {
  const { frames, channels, height, width } = shape;
  const filter = decentered(lowPassFilter(freeInit, shape), [frames, height, width]);
  const area = height * width;
  const [ofClean, ofNoise] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
  const out = new Float32Array(clean.length);
  for (let channel = 0; channel < channels; channel++) {
    /** Of a value of this channel, over all frames, in the latents. */
    const placeOf = (i: number) => (Math.floor(i / area) * channels + channel) * area + (i % area);
    // low·f + high·(1 − f) = high + (low − high)·f, so only the difference is transformed.
    const difference = Float64Array.from({ length: frames * area }, (_, i) => {
      const place = placeOf(i);
      return ofClean * clean[place]! + (ofNoise - 1) * noise[place]!;
    });
    const dims = [frames, height, width];
    const spectrum = fourier({ real: difference, imaginary: new Float64Array(frames * area) }, dims, 'forward');
    for (const values of [spectrum.real, spectrum.imaginary]) {
      for (let i = 0; i < values.length; i++) values[i]! *= filter[i]!;
    }
    const { real } = fourier(spectrum, dims, 'inverse');
    for (let i = 0; i < real.length; i++) out[placeOf(i)] = noise[placeOf(i)]! + real[i]!;
  }
  return out;
}

/** A centered spectrum with frequency 0 first on each axis, as NumPy's `ifftshift`. */
function decentered(values: Float32Array, [frames, height, width]: readonly [number, number, number]): Float32Array {
  const moved = (place: number, size: number) => (place + Math.floor(size / 2)) % size;
  return values.map((_, i) => {
    const [t, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    return values[(moved(t, frames) * height + moved(y, height)) * width + moved(x, width)]!;
  });
}

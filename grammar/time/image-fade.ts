/** How fast an image fades from frame to frame: frame i keeps max(0, 1 − i^power ÷ scale) of it. */
export interface Fade {
  readonly power: number;
  readonly scale: number;
}

export interface FadeShares {
  /** The share of the first image's latent in each frame, in [0, 1]; the rest is noise and the last image. */
  readonly first: readonly number[];
  /** The share of the last image's latent, in [0, 1]; null without a last image. */
  readonly last: readonly number[] | null;
}

/**
 * The shares of the first and last image in each frame of an image-to-image clip (sd-webui-animatediff,
 * animatediff_latent.py). Shares that add up to more than 1 are scaled down. The first and the last frame are the
 * images themselves.
 */
export function fadeShares(frames: number, first: Fade, last: Fade | null): FadeShares {
  const fading = ({ power, scale }: Fade) =>
    Array.from({ length: frames }, (_, i) => Math.max(0, 1 - i ** power / scale));
  const a = fading(first);
  if (!last) return { first: a, last: null };
  const b = fading(last).reverse();
  const share = (own: readonly number[]) => own.map((value, i) => value / Math.max(1, a[i]! + b[i]!));
  const [firstShares, lastShares] = [share(a), share(b)];
  firstShares[0] = 1;
  firstShares[frames - 1] = 0;
  lastShares[0] = 0;
  lastShares[frames - 1] = 1;
  return { first: firstShares, last: lastShares };
}

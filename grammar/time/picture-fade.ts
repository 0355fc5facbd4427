/** How fast a picture fades from frame to frame: max(0, 1 − i^power ÷ scale) is left of it in frame i. */
export interface Fade {
  readonly power: number;
  readonly scale: number;
}

export interface FadeShares {
  /** The part of the first picture's latent in each frame, in [0, 1]; the rest is noise and the last picture. */
  readonly first: readonly number[];
  /** The part of the last picture's latent, in [0, 1]; null where there is none. */
  readonly last: readonly number[] | null;
}

/**
 * How much of the first and last picture is in each frame of an img2img clip (sd-webui-animatediff,
 * animatediff_latent.py). Where both together would be more than all, they are scaled down; the first and the last
 * frame are the pictures themselves.
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

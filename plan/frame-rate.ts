/** A fraction such as `24000/1001`, which frame rates of television are; null: it is none. */
export function fractionIn(text: string): number | null {
  const [, over, under] = /^\s*(\d{1,9})\s*\/\s*(\d{1,9})\s*$/.exec(text) ?? [];
  return over === undefined || Number(under) === 0 ? null : Number(over) / Number(under);
}

/** Frames per second for people, such as 23.976. */
export const frameRate = (fps: number): string => `${fps < 1 ? Number(fps.toPrecision(3)) : Number(fps.toFixed(3))}`;

/** A frame rate of television, such as 23.976023976, as the fraction that it is; null: it is none. */
export function televisionRate(fps: number): string | null {
  const over = Math.round((fps * 1001) / 1000) * 1000;
  return !Number.isInteger(fps) && Math.abs(fps * 1001 - over) < 1e-6 ? `${over}/1001` : null;
}

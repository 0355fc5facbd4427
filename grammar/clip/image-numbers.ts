/** Numbers in the names of images that leave numbers out. */
export interface NumbersWithGaps {
  /** Of each image. */
  readonly numbers: readonly number[];
  /** Of the images before and after the first gap. */
  readonly before: number;
  readonly missing: number;
  readonly last: number;
}

/** Where numbered names leave numbers out; null if they do not. @param paths in the order of their names */
export function numbersWithGaps(paths: readonly string[]): NumbersWithGaps | null {
  const found = paths.map((path) => {
    const digits = /(\d+)\D*$/.exec(path.replace(/\.\w+$/, ''))?.[1];
    return digits === undefined ? null : Number(digits);
  });
  if (found.length < 2 || found.includes(null)) return null;
  const numbers = found as number[];
  const at = numbers.findIndex((number, i) => i > 0 && number !== numbers[i - 1]! + 1);
  // Numbers with a fixed step are of a video of which every nth frame was kept.
  const step = numbers[1]! - numbers[0]!;
  const isRegular = numbers.every((number, i) => i === 0 || number === numbers[i - 1]! + step);
  if (at < 0 || isRegular || numbers[at]! <= numbers[at - 1]!) return null;
  return { numbers, before: numbers[at - 1]!, missing: numbers[at]!, last: numbers.at(-1)! };
}

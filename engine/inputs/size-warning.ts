import { fileName } from '../../plan/paths.ts';
import type { PixelSize } from './source.ts';

/** More than an image and a last one are a folder, whose images should have one size. */
const FEWEST_OF_FOLDER = 3;

/** Warns once of images of a folder that differ in size. */
export class SizeWarning {
  readonly #warn: (line: string) => void;
  #first: PixelSize | null = null;
  #isOver: boolean;

  /** @param count how many images are read */
  constructor(count: number, warn: (line: string) => void) {
    this.#isOver = count < FEWEST_OF_FOLDER;
    this.#warn = warn;
  }

  /** @param size as it is shown, after its orientation */
  read(path: string, { width, height }: PixelSize): void {
    this.#first ??= { width, height };
    const { width: firstWidth, height: firstHeight } = this.#first;
    if (this.#isOver || (width === firstWidth && height === firstHeight)) return;
    this.#isOver = true;
    this.#warn(
      `“${fileName(path)}” is ${width}×${height}, but the images before it are ${firstWidth}×${firstHeight}. Each is fitted to the clip, so the picture jumps.`,
    );
  }
}

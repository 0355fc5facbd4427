import type { Picture } from '../picture.ts';

const MOST_SWEEPS = 32;

/** What a pixel can be taken as. Outside the picture, it can be both. */
const WHITE = 1;
const BLACK = 2;
const OUTSIDE = WHITE | BLACK;

/** 3 × 3 neighborhoods, row by row: 1 is white, - is black, . is either. The pixel in the middle is removed. */
type Pattern = string;
const THINNING: readonly Pattern[] = ['---.1.111', '.--11-.1.'];
const PRUNING: readonly Pattern[] = ['----1-..-', '----1--..'];

/**
 * Thins the white lines of a black and white picture to one pixel, as sd-webui-controlnet's `lvmin_thin`.
 *
 * @param prune also remove the ends of lines, once
 */
export function thin(binary: Picture, prune: boolean): Picture {
  const { width, height, data } = binary;
  const stride = width + 2;
  const states = new Uint8Array(stride * (height + 2)).fill(OUTSIDE);
  const positions: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y + 1) * stride + x + 1;
      const isWhite = data[y * width + x] !== 0;
      states[at] = isWhite ? WHITE : BLACK;
      if (isWhite) positions.push(at);
    }
  }
  let white: Int32Array = Int32Array.from(positions);
  const thinning = inAllOrientations(THINNING, stride);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    const before = white.length;
    white = swept(states, white, thinning);
    if (white.length === before) break;
  }
  if (prune) white = swept(states, white, inAllOrientations(PRUNING, stride));
  const thinned = new Uint8Array(data.length);
  for (const at of white) thinned[(Math.floor(at / stride) - 1) * width + (at % stride) - 1] = 255;
  return { ...binary, data: thinned };
}

/** A pattern as the pixels that matter, its middle among them, and what each of them must be. */
interface Neighborhood {
  readonly offsets: readonly number[];
  readonly required: readonly number[];
}

/** Removes what matches each neighborhood, one after the other. @returns what is still white */
function swept(states: Uint8Array, white: Int32Array, neighborhoods: readonly Neighborhood[]): Int32Array {
  for (const neighborhood of neighborhoods) {
    const found: number[] = [];
    for (let i = 0; i < white.length; i++) if (matches(states, white[i]!, neighborhood)) found.push(white[i]!);
    for (const at of found) states[at] = BLACK;
  }
  return white.filter((at) => states[at] === WHITE);
}

function matches(states: Uint8Array, at: number, { offsets, required }: Neighborhood): boolean {
  for (let i = 0; i < offsets.length; i++) {
    if ((states[at + offsets[i]!]! & required[i]!) === 0) return false;
  }
  return true;
}

/** All patterns, then all of them turned counter-clockwise by 90°, 180° and 270°. */
function inAllOrientations(patterns: readonly Pattern[], stride: number): Neighborhood[] {
  const turned = (pattern: Pattern) => [2, 5, 8, 1, 4, 7, 0, 3, 6].map((from) => pattern[from]!).join('');
  const all = [...patterns];
  for (let i = 0; i < 3 * patterns.length; i++) all.push(turned(all[i]!));
  return all.map((pattern) => {
    const cells = [...pattern].map((cell, i) => ({ cell, offset: (Math.floor(i / 3) - 1) * stride + (i % 3) - 1 }));
    const relevant = cells.filter(({ cell }) => cell !== '.');
    return {
      offsets: relevant.map(({ offset }) => offset),
      required: relevant.map(({ cell }) => (cell === '1' ? WHITE : BLACK)),
    };
  });
}

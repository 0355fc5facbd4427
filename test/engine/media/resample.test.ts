import { describe, expect, it } from 'vitest';
import { BICUBIC, LANCZOS, type ResampleFilter, resample } from '../../../engine/media/resample.ts';

/** Pillow's case: two bright and two dark squares. */
function squares(side: number): Uint8Array {
  const isFar = (at: number) => at >= side / 2;
  return Uint8Array.from({ length: side * side }, (_, i) =>
    isFar(i % side) === isFar(Math.floor(i / side)) ? 0xe1 : 255 - 0xe1,
  );
}

/** The values that Pillow's own test expects in the first quarter (Tests/test_image_resample.py). */
const CASES: readonly (readonly [string, number, ResampleFilter, readonly string[]])[] = [
  ['smaller, bicubic', 12, BICUBIC, ['e1 e3 d4', 'e3 e5 d6', 'd4 d6 c9']],
  ['smaller, Lanczos', 16, LANCZOS, ['e1 e0 e4 d7', 'e0 df e3 d6', 'e4 e3 e7 da', 'd7 d6 d9 ce']],
  ['larger, bicubic', 4, BICUBIC, ['e1 e5 ee b9', 'e5 e9 f3 bc', 'ee f3 fd c1', 'b9 bc c1 a2']],
  [
    'larger, Lanczos',
    6,
    LANCZOS,
    [
      'e1 e0 db ed f5 b8',
      'e0 df da ec f3 b7',
      'db db d6 e7 ee b5',
      'ed ec e6 fb ff bf',
      'f5 f4 ee ff ff c4',
      'b8 b7 b4 bf c4 a0',
    ],
  ],
];

describe('resample', () => {
  it.each(CASES)('has the values of Pillow: %s', (_, side, filter, quarter) => {
    const half = quarter.length;
    const from = { width: side, height: side };
    const out = resample(squares(side), from, { width: 2 * half, height: 2 * half }, filter);
    const row = (y: number, from: number) =>
      Array.from({ length: half }, (_, x) => out[y * 2 * half + from + x]!.toString(16).padStart(2, '0'));
    expect(quarter.map((_, y) => row(y, 0).join(' '))).toEqual(quarter);
    // The picture is the same turned by half.
    expect(
      quarter.map((_, y) =>
        row(2 * half - 1 - y, half)
          .reverse()
          .join(' '),
      ),
    ).toEqual(quarter);
  });

  it('keeps a picture of the right size, and resizes one axis alone', () => {
    const gray = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect(resample(gray, { width: 3, height: 2 }, { width: 3, height: 2 }, LANCZOS)).toEqual(gray);
    const flat = new Uint8Array(512 * 9).fill(12);
    const turned = resample(flat, { width: 512, height: 9 }, { width: 9, height: 512 }, LANCZOS);
    expect(turned).toEqual(new Uint8Array(512 * 9).fill(12));
  });
});

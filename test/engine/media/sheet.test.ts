import { describe, expect, it } from 'vitest';
import { labelOf } from '../../../engine/media/label.ts';
import { type SheetCell, sheetOf } from '../../../engine/media/sheet.ts';

/** A clip whose frame i has color i everywhere. */
function cellOf(label: string, count: number, fps: number, width = 40, height = 16): SheetCell {
  return { label, clip: { width, height, count, fps, rgb: (i) => new Uint8Array(width * height * 3).fill(i + 1) } };
}

/** The rows of a label, with `#` for ink. */
function drawn(text: string, width: number): string[] {
  const label = labelOf(text, width);
  return Array.from({ length: label.height }, (_, y) =>
    Array.from({ length: label.width }, (_, x) => (label.isInk(x, y) ? '#' : ' ')).join(''),
  );
}

describe('labelOf', () => {
  it('draws letters', () => {
    expect(drawn('T7', 12)).toEqual([
      '##### ##### ',
      '  #       # ',
      '  #      #  ',
      '  #     #   ',
      '  #    #    ',
      '  #    #    ',
      '  #    #    ',
    ]);
  });

  it('is as large as fits, up to four times', () => {
    expect([labelOf('ab', 12), labelOf('ab', 25), labelOf('ab', 1000)].map(({ width }) => width)).toEqual([12, 24, 48]);
  });

  it('cuts off what does not fit, and shows letters without a picture', () => {
    expect(drawn('abcdef', 24)).toEqual(drawn('ab..', 24));
    expect(drawn('é雪', 12)).toEqual(drawn('e?', 12));
    expect(labelOf('', 12).width).toBe(0);
  });
});

/** Height of a label of one letter in a cell 40 pixels wide: four times the font's, with margins. */
const LABEL = 4 * 7 + 2 * 4;

describe('sheetOf', () => {
  const pixel = (rgb: Uint8Array, width: number, x: number, y: number) => rgb[(y * width + x) * 3];

  it('places clips in reading order below their labels', async () => {
    const sheet = sheetOf([cellOf('a', 2, 8), cellOf('b', 2, 8), cellOf('c', 2, 8)], 2, 8);
    expect([sheet.width, sheet.height, sheet.count]).toEqual([4 + 2 * 44, 4 + 2 * (16 + LABEL + 4), 2]);
    const rgb = await sheet.rgb(1);
    const [first, second] = [4 + LABEL, 4 + LABEL + 16 + 4 + LABEL];
    const inside = [
      [4, first],
      [48, first],
      [4, second],
    ].map(([x, y]) => pixel(rgb, sheet.width, x!, y!));
    expect(inside).toEqual([2, 2, 2]);
    // The fourth place is empty.
    expect(pixel(rgb, sheet.width, 48, second)).toBe(24);
    expect(pixel(rgb, sheet.width, 0, 0)).toBe(24);
    expect(rgb.includes(230)).toBe(true);
  });

  it('breaks a label that is too long at its commas', () => {
    const [short, long] = ['ab', 'seed 1, x 2'].map((label) => sheetOf([cellOf(label, 1, 8)], 1, 8));
    // Two lines of 7 pixels, against one of 21.
    expect(long!.height - short!.height).toBe(2 * (7 + 4) - (21 + 4));
  });

  it('plays each clip at its own speed, and keeps the last frame of a shorter one', async () => {
    const sheet = sheetOf([cellOf('fast', 12, 12), cellOf('slow', 4, 4), cellOf('short', 2, 12)], 3, 12);
    expect(sheet.count).toBe(12);
    const at = async (frame: number) => {
      const rgb = await sheet.rgb(frame);
      return [4, 48, 92].map((x) => pixel(rgb, sheet.width, x, sheet.height - 10));
    };
    expect([await at(0), await at(2), await at(3), await at(11)]).toEqual([
      [1, 1, 1],
      [3, 1, 2],
      [4, 2, 2],
      [12, 4, 2],
    ]);
  });
});

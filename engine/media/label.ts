import font from 'oled-font-5x7';

/** A text as a picture of one color: rows of on and off. */
export interface Label {
  readonly width: number;
  readonly height: number;
  /** Times the font's size. */
  readonly zoom: number;
  /** Whether letters are missing at its end. */
  readonly isCut: boolean;
  /** Whether a pixel is part of a letter. */
  isInk(x: number, y: number): boolean;
}

/** Pixels between two letters. */
const GAP = 1;
const ADVANCE = font.width + GAP;
/** Times the font's size. */
const LARGEST = 4;

/**
 * A text in a pixel font, as large as fits, up to `largest` times its size; a text that does not fit is cut off. The
 * font is part of the program, because a computer without fonts must draw the same. Letters that it does not have
 * become `?`.
 *
 * @param width pixels, at least one letter
 */
export function labelOf(text: string, width: number, largest = LARGEST): Label {
  const known = [...text.normalize('NFKD').replace(/\p{M}/gu, '')].map((letter) =>
    font.lookup.includes(letter) ? letter : '?',
  );
  const zoom = Math.min(largest, Math.max(1, Math.floor(width / (known.length * ADVANCE))));
  const most = Math.max(1, Math.floor(width / (ADVANCE * zoom)));
  const letters = known.length <= most ? known : [...known.slice(0, Math.max(0, most - 2)), '.', '.'].slice(0, most);
  return {
    width: letters.length * ADVANCE * zoom,
    height: font.height * zoom,
    zoom,
    isCut: known.length > most,
    isInk(x, y) {
      const [column, row] = [Math.floor(x / zoom), Math.floor(y / zoom)];
      const letter = letters[Math.floor(column / ADVANCE)];
      const inLetter = column % ADVANCE;
      if (letter === undefined || inLetter >= font.width || row >= font.height) return false;
      // A byte for each column of a letter; the lowest bit is the top row.
      return ((font.fontData[font.lookup.indexOf(letter) * font.width + inLetter]! >> row) & 1) === 1;
    },
  };
}

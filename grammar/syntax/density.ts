const MARK = /[()[\]{}|]/g;

/** More lines than any prompt has, and few enough to be parsed in a moment. */
export const MOST_LINES = 20_000;

/** Of brackets and bars, each of which is parsed on its own: more than any clip of usual length has. */
const MOST_MARKS = 10_000;
/** In longer texts, one in as many characters: weights in every keyframe are fewer. */
const CHARACTERS_PER_MARK = 16;

/** Brackets and bars of some texts, and how many of them their length allows. */
export interface Density {
  readonly marks: number;
  readonly most: number;
}

/** Texts with more marks than prompts have would take seconds to parse. In linear time, and without parsing. */
export function densityOf(texts: readonly string[]): Density {
  let marks = 0;
  let length = 0;
  for (const text of texts) {
    length += text.length;
    MARK.lastIndex = 0;
    while (MARK.test(text)) marks++;
  }
  return { marks, most: MOST_MARKS + Math.floor(length / CHARACTERS_PER_MARK) };
}

/**
 * How a message names the frame of a position: `Frame 40`. One before the clip is not in the text, which counts from its
 * end there: `“-20” (frame -12)`.
 */
export const frameName = (written: string, frame: number): string =>
  frame < 0 ? `“${written}” (frame ${frame})` : `Frame ${frame}`;

/** A part of a clip: its first and last frame, 0-based, both included. */
export interface FrameRange {
  readonly from: number;
  readonly to: number;
}

export type ParsedFrameRange =
  | { readonly ok: true; readonly range: FrameRange }
  | { readonly ok: false; readonly message: string };

/**
 * Frames as a person writes them: `4-7`, or `7` for one. A dash may be an en dash, as in the messages after a render.
 *
 * @param frames length of the clip, if it is known; the range has to be within it
 */
export function parseFrameRange(text: string, frames?: number): ParsedFrameRange {
  const match = /^(\d{1,9})(?:\s*[-–]\s*(\d{1,9}))?$/.exec(text.trim());
  if (!match) {
    const message = 'Write the first and the last frame, counted from 0, such as 0-15, or a single frame, such as 7.';
    return { ok: false, message };
  }
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  if (to < from) return { ok: false, message: `The range ends before it begins. Did you mean ${to}-${from}?` };
  if (frames !== undefined && to >= frames) {
    return { ok: false, message: `Frame ${to} is after the end of the clip, which has frames 0 to ${frames - 1}.` };
  }
  return { ok: true, range: { from, to } };
}

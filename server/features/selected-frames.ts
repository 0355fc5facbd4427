import type { Range } from 'vscode-languageserver';
import type { SelectedFramesAnswer } from '../../protocol/plan-request.ts';
import type { Analysis } from '../documents/analysis.ts';

/** The frames that belong to the keyframes in the lines of a selection. Keyframes outside the clip do not count. */
export function selectedFramesOf(analysis: Analysis, { start, end }: Range): NonNullable<SelectedFramesAnswer> {
  const { frames } = analysis.effective.settings;
  // A selection of whole lines ends at the start of the next one.
  const lastLine = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  let nearest = { frame: 0, distance: Number.POSITIVE_INFINITY };
  const selected: number[] = [];
  const others: number[] = [];
  for (const { keyframe, frame } of analysis.timed) {
    if (frame === null || frame < 0 || frame >= frames) continue;
    const lines = analysis.rangeOf(keyframe.span);
    const distance = Math.max(lines.start.line - start.line, start.line - lines.end.line, 0);
    if (distance < nearest.distance) nearest = { frame, distance };
    const isSelected = lines.start.line <= lastLine && start.line <= lines.end.line;
    (isSelected ? selected : others).push(frame);
  }
  if (selected.length === 0) return { frames, nearest: nearest.frame, from: 0, to: frames - 1 };
  const from = selected.reduce((least, frame) => Math.min(least, frame));
  const last = selected.reduce((most, frame) => Math.max(most, frame));
  const next = others.reduce((least, frame) => (frame > last ? Math.min(least, frame) : least), frames);
  return { frames, nearest: nearest.frame, from, to: next - 1 };
}

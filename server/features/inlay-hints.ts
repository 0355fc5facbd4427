import { type InlayHint, InlayHintKind, type Range } from 'vscode-languageserver';
import type { TimedKeyframe } from '../../grammar/clip/timeline.ts';
import type { Analysis } from '../documents/analysis.ts';
import { keyframesAround, overlaps } from '../documents/lookup.ts';
import { seconds } from './seconds.ts';
import { unitStepsText } from './unit-steps.ts';

/** After the prompt of each keyframe its time, and after the model of each ControlNet unit the steps in which it acts. */
export function inlayHintsOf(analysis: Analysis, range: Range): InlayHint[] {
  return [...unitHints(analysis, range), ...keyframeHints(analysis, range)];
}

function unitHints(analysis: Analysis, range: Range): InlayHint[] {
  const wanted = analysis.spanOf(range);
  const { settings, spans } = analysis.effective;
  return settings.controlnet.flatMap((_, index): InlayHint[] => {
    const model = spans.get(`controlnet.${index}.model`)?.value;
    if (!model || !overlaps(model, wanted)) return [];
    const steps = unitStepsText(settings, index);
    return [
      {
        position: analysis.positionAt(model.end),
        kind: InlayHintKind.Parameter,
        paddingLeft: true,
        label: steps,
        tooltip: `ControlNet unit ${index + 1} acts in ${steps}, from its start to its end, counted as A1111 does.`,
      },
    ];
  });
}

/**
 * After the prompt of each keyframe inside the clip, on its first line: its frame, if it is written in another unit,
 * its time, and the frames to the next keyframe. A comment stays behind the hint, because together they would read as
 * one text.
 */
function keyframeHints(analysis: Analysis, range: Range): InlayHint[] {
  const wanted = analysis.spanOf(range);
  const { frames } = analysis.effective.settings;
  const comments = new Map(analysis.document.comments.map(({ start, end }) => [end, start]));
  return analysis.timed.flatMap((timed): InlayHint[] => {
    const { keyframe, frame } = timed;
    if (!overlaps(keyframe.span, wanted) || frame === null || frame < 0 || frame >= frames) return [];
    const { start, end } = keyframe.line;
    const text = analysis.text.slice(start, comments.get(end) ?? end).trimEnd();
    return [
      {
        position: analysis.positionAt(start + text.length),
        kind: InlayHintKind.Parameter,
        paddingLeft: true,
        ...textOf(analysis, timed, frame),
      },
    ];
  });
}

function textOf(
  analysis: Analysis,
  { keyframe: { position }, holdEnd }: TimedKeyframe,
  frame: number,
): { readonly label: string; readonly tooltip: string } {
  const { fps } = analysis.effective.settings;
  const time = `${seconds(frame / fps)} s`;
  const place = /^\d+$/.test(position.text) ? time : `frame ${frame}, ${time}`;
  const about = `Frame ${frame}, ${time} at ${fps} fps.`;
  const { after } = keyframesAround(analysis, frame);
  if (!after) return { label: place, tooltip: `${about} Last keyframe.` };
  // The transition starts when the hold ends.
  const from = Math.min(Math.max(frame, holdEnd ?? frame), after.frame);
  const left = after.frame - from;
  const toNext = left === 1 ? '1 frame' : `${left} frames`;
  const hold = from > frame ? ` Holds through frame ${from}.` : '';
  return {
    label: `${place}, ${toNext} to next`,
    tooltip: `${about}${hold} Next keyframe: frame ${after.frame}, ${toNext} (${seconds(left / fps)} s) later.`,
  };
}

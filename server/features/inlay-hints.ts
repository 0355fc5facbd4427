import { type InlayHint, InlayHintKind, type Range } from 'vscode-languageserver';
import type { Analysis } from '../documents/analysis.ts';
import { framesAround, overlaps } from '../documents/lookup.ts';
import { seconds } from './seconds.ts';

/** At the end of each keyframe's line: its frame, if it is written in another unit, its time, and the frames to the next keyframe. */
export function inlayHintsOf(analysis: Analysis, range: Range): InlayHint[] {
  const wanted = analysis.spanOf(range);
  const { fps } = analysis.effective.settings;
  const shown = analysis.timed.filter(({ keyframe }) => overlaps(keyframe.span, wanted));
  return shown.flatMap(({ keyframe: { position, line }, frame }): InlayHint[] => {
    if (frame === null || frame < 0) return [];
    const { after: following } = framesAround(analysis, frame);
    const parts = [
      ...(/^\d+$/.test(position.text) ? [] : [`frame ${frame}`]),
      `${seconds(frame / fps)} s`,
      ...(following === undefined ? [] : [`+${following - frame}`]),
    ];
    const toNext =
      following === undefined
        ? 'Last keyframe.'
        : `Next keyframe: frame ${following}, ${following - frame} frames (${seconds((following - frame) / fps)} s) later.`;
    return [
      {
        position: analysis.positionAt(line.end),
        label: parts.join(' '),
        kind: InlayHintKind.Parameter,
        paddingLeft: true,
        tooltip: `Frame ${frame}, ${seconds(frame / fps)} s at ${fps} fps. ${toNext}`,
      },
    ];
  });
}

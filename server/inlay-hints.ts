import { type InlayHint, InlayHintKind, type Range } from 'vscode-languageserver';
import { type Analysis, overlaps } from './analysis.ts';

/** At the end of each keyframe's line: its frame where it is written otherwise, its time, and how far the next keyframe is. */
export function inlayHintsOf(analysis: Analysis, range: Range): InlayHint[] {
  const wanted = analysis.spanOf(range);
  const { fps } = analysis.effective.settings;
  const next = nextFrames(analysis);
  return analysis.timed.flatMap(({ keyframe, frame }): InlayHint[] => {
    const { position, line, span } = keyframe;
    if (frame === null || frame < 0 || !overlaps(span, wanted)) return [];
    const following = next.get(frame);
    const parts = [
      ...(/^\d+$/.test(position.text) ? [] : [`frame ${frame}`]),
      `${seconds(frame / fps)} s`,
      ...(following === undefined ? [] : [`+${following - frame}`]),
    ];
    const toNext =
      following === undefined
        ? 'The last keyframe.'
        : `The next keyframe is at frame ${following}, ${following - frame} frames (${seconds((following - frame) / fps)} s) later.`;
    return [
      {
        position: analysis.positionAt(line.end),
        label: parts.join(' '),
        kind: InlayHintKind.Parameter,
        paddingLeft: true,
        tooltip: `Frame ${frame}, at ${seconds(frame / fps)} s of ${fps} frames a second. ${toNext}`,
      },
    ];
  });
}

/** From each keyframe's frame to that of the next one in time. */
export function nextFrames({ timed }: Analysis): Map<number, number> {
  const frames = [...new Set(timed.flatMap(({ frame }) => (frame === null ? [] : [frame])))].sort((a, b) => a - b);
  return new Map(frames.slice(1).map((frame, i) => [frames[i]!, frame]));
}

/** At most two decimals: `0.63`, `1.5`, `2`. */
export function seconds(value: number): string {
  return `${Number(value.toFixed(2))}`;
}

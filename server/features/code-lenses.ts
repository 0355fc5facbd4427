import type { CodeLens } from 'vscode-languageserver';
import { clock, gigabytes } from '../../plan/units.ts';
import type { Analysis } from '../documents/analysis.ts';
import type { RenderEstimate } from './estimate.ts';

/** Commands of the client: the server does not render. */
export const RENDER = 'travel.render';
export const PREVIEW_FRAME = 'travel.previewFrame';

/**
 * "Render" at the top, with the document's URI and what a render will need; "Preview this frame" at each keyframe, with
 * URI and frame.
 * @param commands the ones that the client can run
 */
export function codeLensesOf(
  analysis: Analysis,
  commands: ReadonlySet<string>,
  estimate: RenderEstimate = { seconds: null, memory: null },
): CodeLens[] {
  const top = { line: 0, character: 0 };
  const lenses: CodeLens[] = [];
  if (commands.has(RENDER)) {
    const command = { title: renderTitle(estimate), command: RENDER, arguments: [analysis.uri] };
    lenses.push({ range: { start: top, end: top }, command });
  }
  if (commands.has(PREVIEW_FRAME)) {
    const { frames } = analysis.effective.settings;
    for (const { keyframe, frame } of analysis.timed) {
      if (frame === null || frame < 0 || frame >= frames) continue;
      const command = { title: 'Preview this frame', command: PREVIEW_FRAME, arguments: [analysis.uri, frame] };
      lenses.push({ range: analysis.rangeOf(keyframe.position.span), command });
    }
  }
  return lenses;
}

/** `Render · about 0:42, 1.3 GB`, as far as it is known. */
function renderTitle({ seconds, memory }: RenderEstimate): string {
  const needs = [
    ...(seconds === null ? [] : [clock(Math.max(seconds, 1))]),
    ...(memory === null ? [] : [gigabytes(memory)]),
  ];
  return needs.length === 0 ? 'Render' : `Render · about ${needs.join(', ')}`;
}

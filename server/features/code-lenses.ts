import type { CodeLens } from 'vscode-languageserver';
import type { Analysis } from '../documents/analysis.ts';

/** Commands of the client: the server does not render. */
export const RENDER = 'travel.render';
export const PREVIEW_FRAME = 'travel.previewFrame';

/**
 * "Render" at the top, with the document's URI; "Preview this frame" at each keyframe, with URI and frame.
 * @param commands the ones that the client can run
 */
export function codeLensesOf(analysis: Analysis, commands: ReadonlySet<string>): CodeLens[] {
  const top = { line: 0, character: 0 };
  const lenses: CodeLens[] = [];
  if (commands.has(RENDER)) {
    const command = { title: 'Render', command: RENDER, arguments: [analysis.uri] };
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

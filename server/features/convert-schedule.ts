import type { Position } from 'vscode-languageserver';
import { parseTravel } from '../../grammar/language.ts';
import { convertSchedules } from '../../grammar/syntax/schedules.ts';
import type { Analysis } from '../documents/analysis.ts';

/**
 * Text that is about to be pasted, with its schedules as keyframes; null if it has no schedule, or if a keyframe is not
 * possible at the position.
 */
export function convertScheduleOf(analysis: Analysis, position: Position, text: string): string | null {
  const offset = analysis.offsetAt(position);
  const { frontMatter } = analysis.document;
  if (frontMatter && offset > 0 && offset < frontMatter.span.end) return null;
  // A keyframe starts a line.
  const lineStart = analysis.offsetAt({ line: position.line, character: 0 });
  if (analysis.text.slice(lineStart, offset).trim() !== '') return null;
  return convertSchedules(text, parseTravel(text).frontMatter?.span.end ?? 0);
}

import type { Position } from 'vscode-languageserver';
import { foreignFile } from '../../exchange/foreign-file.ts';
import { foreignReader } from '../../exchange/foreign-reader.ts';
import { withLineEndsOf } from '../../grammar/line-ends.ts';
import { convertPasted } from '../../grammar/pasted/convert-pasted.ts';
import type { ConvertScheduleAnswer } from '../../protocol/language-server.ts';
import type { Analysis } from '../documents/analysis.ts';

const UNCHANGED: ConvertScheduleAnswer = { text: null, settings: null, notes: [] };

/**
 * Text that is about to be pasted, with its schedules as keyframes and its generation parameters as settings; null if
 * it has neither, or if a keyframe is not possible at the position.
 */
export function convertScheduleOf(analysis: Analysis, position: Position, text: string): ConvertScheduleAnswer {
  const { document, environment, effective } = analysis;
  const file = foreignFile(text);
  // A request or a workflow is a file, not a part of one.
  if (file?.kind === 'program') return UNCHANGED;
  if (file && analysis.text.trim() === '')
    return {
      text: withLineEndsOf(text, file.travel),
      settings: null,
      notes: [...file.notes],
    };
  const offset = analysis.offsetAt(position);
  const { frontMatter } = document;
  if (frontMatter && offset > 0 && offset < frontMatter.span.end) return UNCHANGED;
  // A keyframe starts a line.
  const lineStart = analysis.offsetAt({ line: position.line, character: 0 });
  if (analysis.text.slice(lineStart, offset).trim() !== '') return UNCHANGED;
  const converted = convertPasted(text, {
    document,
    offset,
    frames: effective.settings.frames,
    environment,
    reader: foreignReader,
  });
  if (!converted) return UNCHANGED;
  const { settings, notes } = converted;
  return {
    text: converted.text,
    settings: settings && { position: analysis.positionAt(settings.span.start), text: settings.text },
    notes: [...notes],
  };
}

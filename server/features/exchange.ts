import { exportTravel } from '../../exchange/export.ts';
import { importTravel } from '../../exchange/import.ts';
import { ImportError } from '../../exchange/notes.ts';
import type { TargetName } from '../../exchange/target.ts';
import type { ExportAnswer, ImportAnswer, ImportRequest } from '../../protocol/language-server.ts';
import type { Analysis } from '../documents/analysis.ts';

/** Text of another tool as a `.travel` file, or why it cannot be imported. */
export function importOf({ texts }: ImportRequest): ImportAnswer {
  try {
    const { format, travel, notes } = importTravel(texts);
    return { ok: true, format, travel, notes: notes.map(({ message }) => message) };
  } catch (error) {
    if (error instanceof ImportError) return { ok: false, message: error.message };
    throw error;
  }
}

/**
 * A file in the format of another tool, and what that cannot hold.
 *
 * @throws {RangeError} if definitions expand to more than a million characters
 */
export function exportOf(
  { document, effective }: Pick<Analysis, 'document' | 'effective'>,
  to: TargetName,
): ExportAnswer {
  const { text, parts, hint, lost } = exportTravel(document, effective, to);
  const notes = [...(hint === null ? [] : [hint]), ...lost.map(({ message }) => message)];
  return { text, isJson: 'object' in parts, notes };
}

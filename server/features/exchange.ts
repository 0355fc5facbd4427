import { exportTravel } from '../../exchange/export.ts';
import { importTravel } from '../../exchange/import.ts';
import { ImportError } from '../../exchange/notes.ts';
import type { ExportAnswer, ExportRequest, ImportAnswer, ImportRequest } from '../../protocol/language-server.ts';
import type { Analysis } from '../documents/analysis.ts';

/** Text of another tool as a `.travel` file, or why it cannot be imported. */
export function importOf({ texts, clip }: ImportRequest): ImportAnswer {
  try {
    const { format, travel, notes, clips } = importTravel(texts, {
      clip: clip.kind === 'chosen' ? clip.id : undefined,
    });
    const warnings = notes.filter(({ severity }) => severity === 'warning');
    const messages = (some: typeof notes) => some.map(({ message }) => message);
    return { ok: true, format, travel, notes: messages(notes), warnings: messages(warnings), clips: [...clips] };
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
  { to, easing }: Pick<ExportRequest, 'to' | 'easing'>,
): ExportAnswer {
  const { text, parts, hint, lost } = exportTravel(document, effective, to, easing);
  const notes = [...(hint === null ? [] : [hint]), ...lost.map(({ message }) => message)];
  const hasLostEasing = easing === 'linear' && lost.some(({ key }) => key === 'easing');
  return { text, isJson: 'object' in parts, hasLostEasing, notes };
}

import type { Position } from 'vscode-languageserver';
import { OWN_INPUTS } from '../../grammar/clip/controls.ts';
import { addSettings } from '../../grammar/settings/add-settings.ts';
import { setPart } from '../../grammar/settings/set-part.ts';
import type { InputKind, NameInputAnswer } from '../../protocol/language-server.ts';
import type { Analysis } from '../documents/analysis.ts';
import { yamlScalar } from '../yaml-scalar.ts';

/** The parts of `video` and of a ControlNet unit that name an input of a kind. */
const PARTS: Readonly<Record<InputKind, { readonly video: string; readonly unit: string }>> = {
  video: { video: 'source', unit: 'video' },
  folder: { video: 'path', unit: 'batch' },
};

/**
 * The edit that names a video, or a folder of its frames: as the input of the ControlNet unit at a position, else as
 * `video`.
 *
 * @param path as a document names it: relative to its folder, or absolute
 * @returns null if the unit or the document names an input already, or if the settings block is not closed
 */
export function nameInputOf(analysis: Analysis, position: Position, path: string, kind: InputKind): NameInputAnswer {
  const { document, effective } = analysis;
  const { spans } = effective;
  const unit = unitAt(analysis, analysis.offsetAt(position));
  if (unit === null && spans.has('video')) return null;
  if (unit && OWN_INPUTS.some((part) => spans.has(`${unit.path}.${part}`))) return null;
  const value = yamlScalar(path, true);
  const edit = unit
    ? setPart({ spans, document }, unit.path, [PARTS[kind].unit, value], unit.parts.at(-1) ?? '')
    : addSettings(document, [['video', `{${PARTS[kind].video}: ${value}}`]]);
  return edit && { position: analysis.positionAt(edit.span.start), text: edit.text, isUnit: unit !== null };
}

/** The ControlNet unit at an offset, with its parts that are on one line; null if there is none. */
function unitAt(
  { text, effective: { spans } }: Analysis,
  offset: number,
): { readonly path: string; readonly parts: readonly string[] } | null {
  for (let i = 0; ; i++) {
    const path = `controlnet.${i}`;
    const span = spans.get(path)?.value;
    if (!span) return null;
    const isInBraces = text[span.start] === '{';
    const start = isInBraces ? span.start : text.lastIndexOf('\n', span.start - 1) + 1;
    const end = isInBraces ? span.end : span.end + text.slice(span.end).search(/\r?\n|$/);
    if (offset < start || offset > end) continue;
    const parts = [...spans].flatMap(([each, { key, value }]) => {
      const part = each.startsWith(`${path}.`) ? each.slice(path.length + 1) : '.';
      return part.includes('.') || text.slice(key.start, value.end).includes('\n') ? [] : [part];
    });
    return { path, parts };
  }
}

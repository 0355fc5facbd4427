import type { Location, Position } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parseTravel } from '../../grammar/language.ts';
import { readSettings } from '../../grammar/settings/read.ts';
import type { Analysis } from '../documents/analysis.ts';
import { definitionsIn, nameAt } from './names.ts';

/** Where a name is defined: in this file, or in one that it extends. */
export function definitionOf(
  analysis: Analysis,
  position: Position,
  fileUri: (path: string) => string,
): Location | null {
  const wanted = nameAt(analysis, position);
  if (!wanted) return null;
  const own = definitionsIn(analysis.effective.spans).find(({ name }) => name === wanted.name);
  if (own) return { uri: analysis.uri, range: analysis.rangeOf(own.span) };
  const seen = new Set<string>();
  let next = analysis.effective.spans.has('extends') ? settingsOf(analysis.text).settings.extends : undefined;
  for (let from = ''; next !== undefined; ) {
    const file = analysis.environment.readTravelFile(next, from);
    if (!file || seen.has(file.path)) return null;
    seen.add(file.path);
    const { settings, spans } = settingsOf(file.text);
    const found = spans.get(`define.${wanted.name}`);
    if (found) {
      const lines = TextDocument.create(file.path, 'travel', 0, file.text);
      const range = { start: lines.positionAt(found.key.start), end: lines.positionAt(found.key.end) };
      return { uri: fileUri(file.path), range };
    }
    from = file.path;
    next = settings.extends;
  }
  return null;
}

function settingsOf(text: string) {
  const { start, end } = parseTravel(text).frontMatter?.yaml ?? { start: 0, end: 0 };
  return readSettings(text.slice(start, end), start);
}

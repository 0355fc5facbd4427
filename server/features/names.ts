import type { Location, Position, Range, WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { namesIn, namesOf } from '../../grammar/clip/definitions.ts';
import { parseTravel } from '../../grammar/language.ts';
import type { TextSpan } from '../../grammar/problem.ts';
import { readSettings, type SettingSpan } from '../../grammar/settings/read.ts';
import { DEFINITION_NAME } from '../../grammar/settings/value-types.ts';
import { documentSpan, type PromptText, promptsOf } from '../../grammar/syntax/document.ts';
import { type Analysis, promptAt, touches } from '../documents/analysis.ts';

/** A place that names a piece of text: the key under `define`, or `$name`. */
export interface NamePlace {
  readonly name: string;
  /** The name alone, without `$` and braces. */
  readonly span: TextSpan;
  readonly isDefinition: boolean;
}

/** Every place of every name in the document, in the order of the file. */
export function namePlaces(analysis: Analysis): NamePlace[] {
  return [...placesInSettings(analysis), ...promptsOf(analysis.document).flatMap(placesInPrompt)].sort(
    (a, b) => a.span.start - b.span.start,
  );
}

function placesInSettings({ effective: { spans }, text }: Analysis): NamePlace[] {
  return [
    ...ownDefinitions(spans),
    ...[...spans].flatMap(([path, { value }]) =>
      path === 'negative_prompt' || /^define\.[^.]+$/.test(path) ? usesIn(text, value) : [],
    ),
  ];
}

function placesInPrompt(prompt: PromptText): NamePlace[] {
  return namesOf(prompt).map(({ name, start, end }) => {
    // Behind `$` or `${`.
    const at = start + (end - start > name.length + 1 ? 2 : 1);
    return { name, span: documentSpan(prompt, at, at + name.length), isDefinition: false };
  });
}

function ownDefinitions(spans: ReadonlyMap<string, SettingSpan>): NamePlace[] {
  return [...spans].flatMap(([path, { key }]) =>
    /^define\.[^.]+$/.test(path) ? [{ name: path.slice('define.'.length), span: key, isDefinition: true }] : [],
  );
}

function usesIn(text: string, { start, end }: TextSpan): NamePlace[] {
  return namesIn(text.slice(start, end)).map((use) => {
    const written = text.slice(start + use.start, start + use.end);
    const from = start + use.start + (written.startsWith('${') ? 2 : 1);
    return { name: use.name, span: { start: from, end: from + use.name.length }, isDefinition: false };
  });
}

export function nameAt(analysis: Analysis, position: Position): NamePlace | null {
  const offset = analysis.offsetAt(position);
  const prompt = promptAt(analysis, offset);
  return (
    [...placesInSettings(analysis), ...(prompt ? placesInPrompt(prompt) : [])].find(({ span, isDefinition }) =>
      // The cursor may stand on the `$` as well.
      touches(isDefinition ? span : { start: span.start - 1, end: span.end }, offset),
    ) ?? null
  );
}

/** Where a name gets its meaning: in this file, or in one that it extends. */
export function definitionOf(
  analysis: Analysis,
  position: Position,
  fileUri: (path: string) => string,
): Location | null {
  const place = nameAt(analysis, position);
  if (!place) return null;
  const own = ownDefinitions(analysis.effective.spans).find(({ name }) => name === place.name);
  if (own) return { uri: analysis.uri, range: analysis.rangeOf(own.span) };
  const seen = new Set<string>();
  let next = analysis.effective.spans.has('extends') ? readOwn(analysis.text).settings.extends : undefined;
  for (let from = ''; next !== undefined; ) {
    const file = analysis.environment.readTravelFile(next, from);
    if (!file || seen.has(file.path)) return null;
    seen.add(file.path);
    const { settings, spans } = readOwn(file.text);
    const found = spans.get(`define.${place.name}`);
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

function readOwn(text: string) {
  const { start, end } = parseTravel(text).frontMatter?.yaml ?? { start: 0, end: 0 };
  return readSettings(text.slice(start, end), start);
}

export function referencesOf(analysis: Analysis, position: Position, includeDeclaration: boolean): Location[] {
  return samePlaces(analysis, position)
    .filter(({ isDefinition }) => includeDeclaration || !isDefinition)
    .map(({ span }) => ({ uri: analysis.uri, range: analysis.rangeOf(span) }));
}

export function samePlaces(analysis: Analysis, position: Position): NamePlace[] {
  const place = nameAt(analysis, position);
  return place ? namePlaces(analysis).filter(({ name }) => name === place.name) : [];
}

/** What would be renamed; null where there is no name, or the name is another file's to change. */
export function renameRangeAt(analysis: Analysis, position: Position): Range | null {
  const place = nameAt(analysis, position);
  const isOwn = place && ownDefinitions(analysis.effective.spans).some(({ name }) => name === place.name);
  return isOwn ? analysis.rangeOf(place.span) : null;
}

export type Renaming =
  | { readonly ok: true; readonly edit: WorkspaceEdit }
  | { readonly ok: false; readonly reason: string };

export function renamingOf(analysis: Analysis, position: Position, to: string): Renaming {
  const from = nameAt(analysis, position);
  if (!from || !renameRangeAt(analysis, position)) {
    return { ok: false, reason: 'Only a name that this file defines under `define` can be renamed here.' };
  }
  const name = to.replace(/^\$\{?|\}$/g, '');
  if (!DEFINITION_NAME.test(name)) {
    return { ok: false, reason: `“${to}” is no name: write letters, digits and _, not beginning with a digit.` };
  }
  if (name !== from.name && ownDefinitions(analysis.effective.spans).some((other) => other.name === name)) {
    return { ok: false, reason: `“${name}” is defined already, and its meaning would change. Choose another name.` };
  }
  const edits = samePlaces(analysis, position).map(({ span }) => ({
    range: analysis.rangeOf(span),
    newText: name,
  }));
  return { ok: true, edit: { changes: { [analysis.uri]: edits } } };
}

import type { Position, Range } from 'vscode-languageserver';
import { parseDocument } from 'yaml';
import { namesIn, namesOf } from '../../grammar/clip/definitions.ts';
import type { TextSpan } from '../../grammar/problem.ts';
import type { SettingSpan } from '../../grammar/settings/read.ts';
import { alignYaml } from '../../grammar/settings/yaml-offsets.ts';
import { documentSpan, type PromptText, promptsOf, type TravelDocument } from '../../grammar/syntax/document.ts';
import type { Analysis } from '../documents/analysis.ts';
import type { NamedFile } from '../documents/linked-files.ts';
import { promptAt, touches } from '../documents/lookup.ts';

/** An occurrence of a name: the key under `define` that defines it, or a `$name` that uses it. */
export interface NameOccurrence {
  readonly name: string;
  /** The name alone, without `$` and braces. */
  readonly span: TextSpan;
  readonly isDefinition: boolean;
}

/** The occurrence at a position; its `$` counts. */
export function nameAt(analysis: Analysis, position: Position): NameOccurrence | null {
  const offset = analysis.offsetAt(position);
  const prompt = promptAt(analysis, offset);
  return (
    [...namesInSettings(analysis.text, analysis.effective.spans), ...(prompt ? namesInPrompt(prompt) : [])].find(
      ({ span, isDefinition }) => touches(isDefinition ? span : { start: span.start - 1, end: span.end }, offset),
    ) ?? null
  );
}

/** Every occurrence in the document of the name at a position, in the order of the file. */
export function occurrencesOf(analysis: Analysis, position: Position): NameOccurrence[] {
  const wanted = nameAt(analysis, position);
  if (!wanted) return [];
  return occurrencesIn(analysis.document, analysis.effective.spans, wanted.name);
}

/** Every occurrence of a name in a file, in the order of the file. @param spans of the settings in the file */
export function occurrencesIn(
  document: TravelDocument,
  spans: ReadonlyMap<string, SettingSpan>,
  name: string,
): NameOccurrence[] {
  return [...namesInSettings(document.text, spans), ...promptsOf(document).flatMap(namesInPrompt)]
    .filter((occurrence) => occurrence.name === name)
    .sort((a, b) => a.span.start - b.span.start);
}

/** The names that a file defines itself. */
export function definitionsIn(spans: ReadonlyMap<string, SettingSpan>): NameOccurrence[] {
  return [...spans].flatMap(([path, { key }]) =>
    isDefinitionPath(path) ? [{ name: path.slice('define.'.length), span: key, isDefinition: true }] : [],
  );
}

function namesInSettings(text: string, spans: ReadonlyMap<string, SettingSpan>): NameOccurrence[] {
  const uses = [...spans].flatMap(([path, { value }]) =>
    path === 'negative_prompt' || isDefinitionPath(path) ? usesIn(text, value) : [],
  );
  return [...definitionsIn(spans), ...uses];
}

const isDefinitionPath = (path: string) => /^define\.[^.]+$/.test(path);

function usesIn(text: string, { start, end }: TextSpan): NameOccurrence[] {
  const { value, offsets } = scalarIn(text.slice(start, end));
  return namesIn(value).map((use) => {
    const from = use.start + prefixLength(use);
    const last = from + use.name.length - 1;
    const span = { start: start + offsets(from), end: start + offsets(last) + 1 };
    return { name: use.name, span, isDefinition: false };
  });
}

/** The text of a YAML scalar, and where its characters are written. Only double quotes give backslashes a meaning. */
function scalarIn(written: string): { readonly value: string; readonly offsets: (at: number) => number } {
  const value: unknown = written.startsWith('"') ? parseDocument(written).toJS() : undefined;
  if (typeof value !== 'string') return { value: written, offsets: (at) => at };
  const places = alignYaml(written, value);
  return { value, offsets: (at) => places[at]! };
}

function namesInPrompt(prompt: PromptText): NameOccurrence[] {
  return namesOf(prompt).map((use) => {
    const from = use.start + prefixLength(use);
    return { name: use.name, span: documentSpan(prompt, from, from + use.name.length), isDefinition: false };
  });
}

/** The length of `$` or `${`. */
function prefixLength({ name, start, end }: { readonly name: string; readonly start: number; readonly end: number }) {
  return end - start > name.length + 1 ? 2 : 1;
}

export function rangeIn({ lines }: NamedFile, { start, end }: TextSpan): Range {
  return { start: lines.positionAt(start), end: lines.positionAt(end) };
}

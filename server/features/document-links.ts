import type { DocumentLink } from 'vscode-languageserver';
import { settingFileKind, settingModelKind } from '../../grammar/settings/entries.ts';
import { promptsOf } from '../../grammar/syntax/document.ts';
import type { Analysis } from '../documents/analysis.ts';
import { resolveRelative } from '../documents/relative-uri.ts';
import type { ServerHost } from '../hosts/server-host.ts';

/** Links to the files that settings name, and to wildcard files. */
export async function documentLinksOf(analysis: Analysis, host: ServerHost): Promise<DocumentLink[]> {
  const { spans } = analysis.effective;
  const settings = [...spans].flatMap(([path, { value }]) => {
    const written = unquoted(analysis.text.slice(value.start, value.end));
    const target = settingTarget(analysis, host, path, written);
    return target ? [{ range: analysis.rangeOf(value), target }] : [];
  });
  const wildcards = promptsOf(analysis.document).flatMap(({ parts }) =>
    parts.filter(({ kind }) => kind === 'Wildcard'),
  );
  if (wildcards.length === 0) return settings;
  const files = new Map((await host.wildcards(analysis.uri)).map(({ name, uri }) => [name, uri]));
  const choices = wildcards.flatMap(({ text, span }) => {
    const target = files.get(text.slice(2, -2));
    return target ? [{ range: analysis.rangeOf(span), target }] : [];
  });
  return [...settings, ...choices];
}

function settingTarget(analysis: Analysis, host: ServerHost, path: string, written: string): string | null {
  const model = settingModelKind(path);
  if (model) {
    const found = analysis.environment.resolveModel(model, written);
    return found?.file.path ? host.fileUri(found.file.path) : null;
  }
  const kind = settingFileKind(path);
  if (kind === null || kind === 'controlnet' || written === '') return null;
  if (/^(?:\/|[a-z]:[\\/])/i.test(written)) return host.fileUri(written);
  return resolveRelative(analysis.uri, written);
}

export function unquoted(written: string): string {
  return /^(['"])[\s\S]*\1$/.test(written) ? written.slice(1, -1) : written;
}

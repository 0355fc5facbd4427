import type { DocumentLink } from 'vscode-languageserver';
import type { NamedModelKind } from '../../grammar/clip/environment.ts';
import { promptsOf } from '../../grammar/syntax/document.ts';
import type { Analysis } from '../documents/analysis.ts';
import { resolveRelative } from '../documents/relative-uri.ts';
import type { ServerHost } from '../hosts/server-host.ts';

/** Settings that name a model file, and the kind it has to be. */
export const MODEL_SETTINGS: ReadonlyMap<string, NamedModelKind> = new Map([
  ['checkpoint', 'checkpoint'],
  ['vae', 'vae'],
  ['motion_module', 'motion-module'],
]);

/** Settings that hold the path of a file or folder beside the document. */
const PATH_SETTING =
  /^(?:extends|init_image|last_frame|mask|video\.(?:source|path)|controlnet\.\d+\.(?:image|batch|video))$/;

/** Links to the files that the settings name, and to the files of wildcards. */
export async function linksOf(analysis: Analysis, host: ServerHost): Promise<DocumentLink[]> {
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
  const kind = MODEL_SETTINGS.get(path);
  if (kind) {
    const model = analysis.environment.resolveModel(kind, written);
    return model?.file.path ? host.fileUri(model.file.path) : null;
  }
  if (!PATH_SETTING.test(path) || written === '') return null;
  if (/^(?:\/|[a-z]:[\\/])/i.test(written)) return host.fileUri(written);
  return resolveRelative(analysis.uri, written);
}

export function unquoted(written: string): string {
  return /^(['"])[\s\S]*\1$/.test(written) ? written.slice(1, -1) : written;
}

import { URI, Utils } from 'vscode-uri';

/**
 * The URI of a file that a document names by a relative path, which starts in the document's folder; null if the
 * document's URI is not valid.
 */
export function resolveRelative(uri: string, path: string): string | null {
  const document = parseUri(uri);
  return document && Utils.resolvePath(Utils.dirname(document), path.replaceAll('\\', '/')).toString();
}

/** null if it is not a URI, such as `file:////x`. Accepts a `%` that is not escaped. */
export function parseUri(uri: string): URI | null {
  try {
    return URI.parse(uri);
  } catch {
    // Editors choose the URIs of documents; one that is not valid has no files beside it.
    return null;
  }
}

/** The same for every way in which editors and the file system write the URI of a file. */
export function normalUri(uri: string): string {
  return parseUri(uri)?.toString() ?? uri;
}

import { URI, Utils } from 'vscode-uri';

/** The URI of a file that a document names by a relative path, which starts in the document's folder. */
export function resolveRelative(uri: string, path: string): string {
  return Utils.resolvePath(Utils.dirname(URI.parse(uri)), path.replaceAll('\\', '/')).toString();
}

import { URI, Utils } from 'vscode-uri';

/** The address of what a document names by a path, which starts in the document's folder. */
export function resolveRelative(uri: string, path: string): string {
  return Utils.resolvePath(Utils.dirname(URI.parse(uri)), path.replaceAll('\\', '/')).toString();
}

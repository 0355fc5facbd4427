import { type Diagnostic, languages, type Uri } from 'vscode';
import { eventually } from './documents.ts';

export const codeOf = ({ code }: Diagnostic): string => String(typeof code === 'object' ? code.value : code);

/** The diagnostics of a file, once there is one of each of these codes. */
export function diagnosed(uri: Uri, ...codes: string[]): Promise<Diagnostic[]> {
  return eventually(languages.onDidChangeDiagnostics, () => {
    const found = languages.getDiagnostics(uri);
    const present = new Set(found.map(codeOf));
    return codes.every((code) => present.has(code)) ? found : undefined;
  });
}

/** Settled once a file has no diagnostic of this code. */
export function cleared(uri: Uri, code: string): Promise<true> {
  return eventually(languages.onDidChangeDiagnostics, () =>
    languages.getDiagnostics(uri).some((found) => codeOf(found) === code) ? undefined : true,
  );
}

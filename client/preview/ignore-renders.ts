import { Uri, window, workspace } from 'vscode';

/**
 * Adds the folder of a document's renders to `.gitignore`, in the workspace folder or, without one, beside the
 * document.
 *
 * @param outputFolder absolute path of the folder with the renders; null: not known
 */
export async function ignoreRenders(document: Uri, outputFolder: string | null): Promise<void> {
  const root = workspace.getWorkspaceFolder(document)?.uri ?? Uri.joinPath(document, '..');
  const inside = outputFolder === null ? null : pathInside(root, Uri.file(outputFolder));
  const [first] = inside?.split('/') ?? [];
  if (!first) {
    const why = 'The renders of this file are not in a folder of their own in the workspace.';
    void window.showWarningMessage(`${why} Set \`output\` to one, such as renders/{name}/{date}-{seed}.`);
    return;
  }
  const file = Uri.joinPath(root, '.gitignore');
  const text = await workspace.fs.readFile(file).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  );
  const line = `/${first}/`;
  const isThere = text.split(/\r?\n/).some((each) => [line, `${first}/`, first, `/${first}`].includes(each.trim()));
  if (isThere) {
    window.setStatusBarMessage(`$(check) ${first} is already ignored`, 3000);
    return;
  }
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await workspace.fs.writeFile(file, new TextEncoder().encode(`${before}${line}\n`));
  window.setStatusBarMessage(`$(check) ${line} was added to .gitignore`, 5000);
}

/** A path relative to a folder, with `/`; null if it is not inside. */
function pathInside(folder: Uri, path: Uri): string | null {
  const start = `${folder.path.replace(/\/$/, '')}/`;
  return path.path.startsWith(start) ? path.path.slice(start.length) : null;
}

import * as l10n from '@vscode/l10n';
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
    const example = 'renders/{name}/{date}-{seed}';
    void window.showWarningMessage(
      l10n.t(
        'The renders of this file are not in a folder of their own in the workspace. Set `output` to one, such as {0}.',
        example,
      ),
    );
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
    window.setStatusBarMessage(`$(check) ${l10n.t('{0} is already ignored', first)}`, 3000);
    return;
  }
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await workspace.fs.writeFile(file, new TextEncoder().encode(`${before}${line}\n`));
  window.setStatusBarMessage(`$(check) ${l10n.t('{0} was added to .gitignore', line)}`, 5000);
}

/** A path relative to a folder, with `/`; null if it is not inside. */
function pathInside(folder: Uri, path: Uri): string | null {
  const start = `${folder.path.replace(/\/$/, '')}/`;
  return path.path.startsWith(start) ? path.path.slice(start.length) : null;
}

import * as l10n from '@vscode/l10n';
import { FileType, type Uri, workspace } from 'vscode';
import { type FileSources, sourcesOf } from '../../exchange/sources.ts';

/** Reads what can be imported of a file. @throws Error with a message for the user */
export type ReadFile = (uri: Uri) => Promise<FileSources>;

/** Reads a file through VS Code, from any file system. Images and videos need a program that reads them. */
export const readThroughEditor: ReadFile = async (uri) => {
  const { type, size } = await workspace.fs.stat(uri);
  if (!(type & FileType.File)) throw new Error(l10n.t('It is not a file.'));
  const bytes = await workspace.fs.readFile(uri);
  return sourcesOf({
    size,
    head: async () => bytes,
    whole: async () => bytes,
    texts: async () => ({
      ok: false,
      message: l10n.t('Images and videos can be imported from a folder on the disk only, in VS Code on a desktop.'),
    }),
  });
};

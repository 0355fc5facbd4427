import * as l10n from '@vscode/l10n';
import { extensions, type Uri } from 'vscode';
import { messageOf } from '../../plan/message-of.ts';

/* What is used of the API of VS Code's Git extension (microsoft/vscode, extensions/git/src/api/git.d.ts). */

interface Repository {
  /** @throws if the revision does not have the file */
  show(revision: string, path: string): Promise<string>;
}

interface GitExtension {
  /** @throws if Git is disabled or not installed */
  getAPI(version: 1): { getRepository(uri: Uri): Repository | null };
}

export type HeadText =
  | { readonly ok: true; readonly text: string }
  /** One or more sentences. */
  | { readonly ok: false; readonly reason: string };

/** The text that a file has in the last commit. */
export async function textAtHead(file: Uri): Promise<HeadText> {
  const git = extensions.getExtension<GitExtension>('vscode.git');
  if (!git)
    return { ok: false, reason: l10n.t('The Git extension of VS Code is not available. Enable it and try again.') };
  let repository: Repository | null;
  try {
    repository = (await git.activate()).getAPI(1).getRepository(file);
  } catch (error) {
    return { ok: false, reason: l10n.t('Git cannot be used: {0}. Check the setting git.enabled.', messageOf(error)) };
  }
  if (!repository) return { ok: false, reason: l10n.t('The file is not in a Git repository that is open.') };
  try {
    return { ok: true, text: await repository.show('HEAD', file.fsPath) };
  } catch {
    return { ok: false, reason: l10n.t('The last commit does not have the file. Commit it first.') };
  }
}

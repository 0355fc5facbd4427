import * as l10n from '@vscode/l10n';
import { ConfigurationTarget, window, workspace } from 'vscode';

type Choice = { readonly label: string; readonly description?: string; readonly folder: string | null };

const ADD: Choice = {
  label: `$(add) ${l10n.t('Add a folder…')}`,
  description: l10n.t('the root of an AUTOMATIC1111, Forge or ComfyUI installation, or any folder with models'),
  folder: null,
};

/** Shows the folders that are searched for models. Unchecked ones are removed, and more can be added. */
export async function chooseModelFolders(): Promise<void> {
  const configuration = workspace.getConfiguration('travel');
  const folders = configuration.get<string[]>('modelFolders', []);
  const kept = folders.length === 0 ? [] : await keepSome(folders);
  if (!kept) return;
  const added = folders.length === 0 || kept.includes(ADD) ? await askForFolders() : [];
  const next = [...new Set([...kept.flatMap(({ folder }) => folder ?? []), ...added])];
  await configuration.update('modelFolders', next, ConfigurationTarget.Global);
}

async function keepSome(folders: readonly string[]): Promise<readonly Choice[] | undefined> {
  const choices = folders.map((folder): Choice & { picked: boolean } => ({ label: folder, folder, picked: true }));
  return await window.showQuickPick([...choices, ADD], {
    canPickMany: true,
    title: l10n.t('Model Folders'),
    placeHolder: l10n.t('Clear the checkbox of a folder to remove it'),
  });
}

async function askForFolders(): Promise<string[]> {
  const chosen = await window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    canSelectMany: true,
    openLabel: l10n.t('Use Models in Here'),
  });
  return (chosen ?? []).map(({ fsPath }) => fsPath);
}

import * as l10n from '@vscode/l10n';
import { Uri, window, workspace } from 'vscode';

/** Asks where to save a frame as PNG. @param beside a file whose folder is suggested */
export async function saveFrame(beside: Uri, name: string, frame: number, png: Uint8Array): Promise<void> {
  const file = `${name}-${String(frame).padStart(5, '0')}.png`;
  const defaultUri = Uri.joinPath(beside, '..', file);
  const chosen = await window.showSaveDialog({ defaultUri, filters: { PNG: ['png'] }, title: l10n.t('Save Frame') });
  if (!chosen) return;
  await workspace.fs.writeFile(chosen, png);
  window.setStatusBarMessage(`$(check) ${l10n.t('Frame {0} saved', frame)}`, 3000);
}

/** Where the page may not copy a frame to the clipboard. */
export async function offerToSaveFrame(beside: Uri, name: string, frame: number, png: Uint8Array): Promise<void> {
  const save = l10n.t('Save Frame…');
  const chosen = await window.showInformationMessage(
    l10n.t('The browser does not allow copying images. Save the frame instead.'),
    save,
  );
  if (chosen === save) await saveFrame(beside, name, frame, png);
}

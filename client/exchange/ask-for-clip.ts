import * as l10n from '@vscode/l10n';
import { window } from 'vscode';
import type { ClipChoice, ClipOption, ImportAnswer } from '../../protocol/language-server.ts';

/**
 * Imports a file, and asks which clip to take if it makes several.
 *
 * @param name of the file
 * @param importIt imports a clip of the file
 * @returns null if the user chooses none
 */
export async function askForClip(
  name: string,
  importIt: (clip: ClipChoice) => Promise<ImportAnswer>,
): Promise<ImportAnswer | null> {
  const answer = await importIt({ kind: 'first' });
  if (!answer.ok || answer.clips.length < 2) return answer;
  const chosen = await window.showQuickPick(answer.clips.map(itemOf), {
    title: l10n.t('Import'),
    placeHolder: l10n.t('{0} makes several clips. Choose the one to import', name),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen ? importIt({ kind: 'chosen', id: chosen.id }) : null;
}

const itemOf = ({ id, title, frames, size, prompt }: ClipOption) => ({
  id,
  label: title,
  description: [
    l10n.t('node {0}', id),
    frames === 1 ? l10n.t('1 frame') : l10n.t('{0} frames', frames),
    ...(size ? [`${size.width} × ${size.height}`] : []),
  ].join(', '),
  detail: prompt,
});

import * as l10n from '@vscode/l10n';
import { window } from 'vscode';
import {
  bytesText,
  type CacheShare,
  cacheContents,
  cachePartText,
  clear,
  clearedText,
} from '../rendering/cache-contents.ts';
import { editorCacheFolder } from './machine.ts';

interface Choice {
  readonly label: string;
  readonly description: string;
  readonly picked: boolean;
  readonly share: CacheShare;
}

/** Shows what the cache holds, and removes what is chosen. */
export async function clearCache(folder = editorCacheFolder()): Promise<void> {
  const shares = await cacheContents(folder);
  const choices = shares
    .filter(({ paths }) => paths.length > 0)
    .map((share): Choice => {
      const { part, bytes } = share;
      // Only the progress of renders costs time that nobody can give back.
      return { label: cachePartText(part), description: bytesText(bytes), picked: part !== 'progress', share };
    });
  if (choices.length === 0) {
    void window.showInformationMessage(l10n.t('The cache has nothing that can be removed.'));
    return;
  }
  const chosen = await window.showQuickPick(choices, {
    canPickMany: true,
    title: l10n.t('Clear Cache'),
    placeHolder: l10n.t('Choose what to remove. What running and waiting renders need is kept'),
  });
  if (!chosen || chosen.length === 0) return;
  const cleared = await clear(chosen.map(({ share }) => share));
  const text = clearedText(cleared, shares);
  if (cleared.failures.length > 0) void window.showWarningMessage(text);
  else void window.showInformationMessage(text);
}

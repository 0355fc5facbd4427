import { window } from 'vscode';
import { cacheFolder } from '../library/cache-folder.ts';
import { CACHE_PART_NAMES } from '../protocol/cache-layout.ts';
import { bytesText, type CacheShare, cacheContents, clear, clearedText } from '../rendering/cache-contents.ts';

interface Choice {
  readonly label: string;
  readonly description: string;
  readonly picked: boolean;
  readonly share: CacheShare;
}

/** Shows what the cache holds, and removes what is chosen. */
export async function clearCache(folder = cacheFolder()): Promise<void> {
  const shares = await cacheContents(folder);
  const choices = shares
    .filter(({ paths }) => paths.length > 0)
    .map((share): Choice => {
      const { part, bytes } = share;
      // Only the progress of renders costs time that nobody can give back.
      return { label: CACHE_PART_NAMES[part], description: bytesText(bytes), picked: part !== 'progress', share };
    });
  if (choices.length === 0) {
    void window.showInformationMessage('The cache has nothing that can be removed.');
    return;
  }
  const chosen = await window.showQuickPick(choices, {
    canPickMany: true,
    title: 'Clear Cache',
    placeHolder: 'Choose what to remove. What running and waiting renders need is kept',
  });
  if (!chosen || chosen.length === 0) return;
  const cleared = await clear(chosen.map(({ share }) => share));
  const text = clearedText(cleared, shares);
  if (cleared.failures.length > 0) void window.showWarningMessage(text);
  else void window.showInformationMessage(text);
}

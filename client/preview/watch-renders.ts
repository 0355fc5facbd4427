import { Disposable, RelativePattern, Uri, workspace } from 'vscode';

/** A render writes several files, and a PNG sequence one for each frame. */
const PAUSE_MS = 500;

/**
 * Watches an output folder, which may not exist yet: the command line and other windows render too, and people delete
 * files.
 *
 * @param changed called some time after the last of several changes
 */
export function watchRenders(folder: string, changed: () => void): Disposable {
  const watcher = workspace.createFileSystemWatcher(
    new RelativePattern(Uri.file(folder), '**/*.{webp,gif,png,mp4,webm}'),
  );
  let timer: NodeJS.Timeout | number | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, PAUSE_MS);
  };
  watcher.onDidCreate(soon);
  watcher.onDidChange(soon);
  watcher.onDidDelete(soon);
  return new Disposable(() => {
    clearTimeout(timer);
    watcher.dispose();
  });
}

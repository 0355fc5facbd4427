import { commands, type Disposable, type Uri, type WebviewPanel, window } from 'vscode';
import { PREVIEW } from './view-types.ts';

interface LazyPreviews {
  open(target?: Uri): Promise<void>;
  toggleLock(): void;
  deserializeWebviewPanel(panel: WebviewPanel): Promise<void>;
}

/**
 * Registers the commands of the preview, and its return after a reload.
 *
 * @param previews loads the rest, because most windows only edit
 */
export function registerPreviews(previews: () => Promise<LazyPreviews>): Disposable[] {
  return [
    commands.registerCommand('travel.openPreview', async (target?: Uri) => (await previews()).open(target)),
    commands.registerCommand('travel.togglePreviewLock', async () => (await previews()).toggleLock()),
    window.registerWebviewPanelSerializer(PREVIEW, {
      deserializeWebviewPanel: async (panel: WebviewPanel) => (await previews()).deserializeWebviewPanel(panel),
    }),
  ];
}

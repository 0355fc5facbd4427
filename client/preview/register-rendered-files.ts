import { type CustomReadonlyEditorProvider, commands, type Disposable, type Uri, window } from 'vscode';
import type { PreviewsOnMachine } from './start-previews.ts';
import { RENDERED_FILE } from './view-types.ts';

/**
 * Registers what needs renders on a disk: the editor of rendered files, and comparing with the last commit.
 *
 * @param started loads the rest, because most windows only edit
 */
export function registerRenderedFiles(started: () => Promise<PreviewsOnMachine>): Disposable[] {
  const lazy: CustomReadonlyEditorProvider = {
    openCustomDocument: async (...open) => (await started()).renderedFiles.openCustomDocument(...open),
    resolveCustomEditor: async (document, panel) =>
      (await started()).renderedFiles.resolveCustomEditor(document, panel),
  };
  return [
    window.registerCustomEditorProvider(RENDERED_FILE, lazy, { supportsMultipleEditorsPerDocument: true }),
    commands.registerCommand('travel.compareWithHead', async (target?: Uri) =>
      (await started()).compareWithHead(target),
    ),
    commands.registerCommand('travel.openSource', async () => (await started()).renderedFiles.openSource()),
    commands.registerCommand('travel.renderAgain', async () => {
      if (await (await started()).renderedFiles.openSource()) await commands.executeCommand('travel.render');
    }),
  ];
}

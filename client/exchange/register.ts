import { commands, type Disposable, type Uri } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { registerDrop } from './drop.ts';
import { offerNotesOfFix, registerNotes } from './notes.ts';
import type { ReadFile } from './read-file.ts';

/**
 * Registers import and export, which read files only, so that they work in folders that are not trusted, too.
 *
 * @param client resolves when the client library is loaded
 * @param read loads what reads files
 */
export function registerExchange(client: Promise<BaseLanguageClient>, read: () => Promise<ReadFile>): Disposable[] {
  const services = async () => ({ client: await client, read: await read() });
  const importThese = async (files?: readonly Uri[]) => {
    const { importFiles } = await import('./import-files.ts');
    await importFiles(await services(), files);
  };
  return [
    registerNotes(),
    registerDrop(services),
    commands.registerCommand('travel.offerNotes', offerNotesOfFix),
    commands.registerCommand('travel.import', () => importThese()),
    // The explorer gives the file that was clicked, and all that are selected.
    commands.registerCommand('travel.openAsTravel', (clicked?: Uri, selected?: readonly Uri[]) =>
      importThese(selected ?? (clicked && [clicked])),
    ),
    commands.registerCommand('travel.export', async () => {
      const { exportFile } = await import('./export-file.ts');
      await exportFile(await client);
    }),
  ];
}

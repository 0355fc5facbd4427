import { commands, type ExtensionContext, type LogOutputChannel } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { copyAsA1111, copyNegativePrompt } from './copy-prompt.ts';
import { newTravelFile } from './new-file.ts';

/**
 * Registers the commands that need no disk.
 *
 * @param client resolves when the client library is loaded
 */
export function registerCommands(
  context: ExtensionContext,
  client: Promise<BaseLanguageClient>,
  log: LogOutputChannel,
): void {
  context.subscriptions.push(
    commands.registerCommand('travel.showLog', () => log.show()),
    commands.registerCommand('travel.restartServer', async () => {
      const { restart } = await import('./language.ts');
      await restart(await client, log);
    }),
    commands.registerCommand('travel.newFile', newTravelFile),
    commands.registerCommand('travel.copyAsA1111', async () => copyAsA1111(await client)),
    commands.registerCommand('travel.copyNegativePrompt', async () => copyNegativePrompt(await client)),
    commands.registerCommand('travel.rollSeed', async () => {
      const { rollSeed } = await import('./roll-seed.ts');
      return rollSeed(await client);
    }),
    commands.registerCommand('travel.lockSeed', async () => {
      const { lockSeed } = await import('./lock-seed.ts');
      return lockSeed(await client);
    }),
    ...(['changeLength', 'shiftKeys', 'distributeKeys', 'reverseKeys'] as const).map((name) =>
      commands.registerCommand(`travel.${name}`, async () => {
        const edits = await import('./keyframe-edits.ts');
        return edits[name](await client);
      }),
    ),
  );
}

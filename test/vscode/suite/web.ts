import { type CodeLens, commands, extensions } from 'vscode';
import type { Verdict } from '../driver.ts';
import { diagnosed } from './diagnostics.ts';
import { open, rangeOf } from './documents.ts';
import { hoverText } from './hover.ts';
import { report, screenshot } from './window.ts';

/** What the extension does in a browser's worker, without a machine behind it. Mocha needs more than a worker has. */
const TESTS: Readonly<Record<string, () => Promise<void>>> = {
  async 'a worker is the language server'() {
    const { document } = await open('wrong.travel');
    await diagnosed(document.uri, 'travel/unknown-setting', 'travel/key-blank');
    if (!extensions.getExtension('prompt-travel.prompt-travel')?.isActive) throw new Error('The extension sleeps.');
    await screenshot('diagnostics');
  },
  async 'a hover shows the prompt of a frame'() {
    const { document } = await open('right.travel');
    const text = await hoverText(document, rangeOf(document, '8 ease').start);
    if (!text.includes('cute blonde woman with braids, portrait')) throw new Error(`The hover says: ${text}`);
  },
  async 'nothing offers what needs a machine'() {
    const { document } = await open('right.travel');
    const lenses = await commands.executeCommand<CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
    if (lenses.length > 0)
      throw new Error(`There are lenses: ${lenses.map(({ command }) => command?.title).join(', ')}`);
    const registered = await commands.getCommands(true);
    if (!registered.includes('travel.copyAsA1111')) throw new Error('The language has no commands.');
    if (registered.includes('travel.render')) throw new Error('There is a command to render.');
  },
};

/** Called by VS Code in its extension host. */
export async function run(): Promise<void> {
  const failures: string[] = [];
  for (const [name, test] of Object.entries(TESTS)) {
    await test().catch((error: Error) => failures.push(`${name}\n${error.stack ?? error.message}`));
  }
  const passed = Object.keys(TESTS).length - failures.length;
  const verdict: Verdict = failures.length === 0 ? { ok: true, passed } : { ok: false, passed, failures };
  await report(verdict);
}

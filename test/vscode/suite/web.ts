import {
  type CodeLens,
  type CompletionList,
  commands,
  extensions,
  Position,
  Selection,
  window,
  workspace,
} from 'vscode';
import type { Verdict } from '../driver.ts';
import { diagnosed } from './diagnostics.ts';
import { fileUri, newFolder, open, rangeOf, textWhen } from './documents.ts';
import { hoverText } from './hover.ts';
import { click, copy, press, report, screenshot, see, seeInPage } from './window.ts';

/** Shows the hover at the first `text` of the active editor. */
async function showHover(text: string): Promise<void> {
  const editor = window.activeTextEditor;
  if (!editor) throw new Error('No editor is open.');
  const { start } = rangeOf(editor.document, text);
  editor.selection = new Selection(start, start);
  await commands.executeCommand('workbench.action.focusActiveEditorGroup');
  await commands.executeCommand('editor.action.showHover');
  await see('.monaco-hover:not(.hidden) .hover-contents');
}

/** What the extension does in a browser's worker, without a machine behind it. Mocha needs more than a worker has. */
const TESTS: Readonly<Record<string, () => Promise<void>>> = {
  async 'a worker is the language server'() {
    const { document } = await open('wrong.travel');
    await diagnosed(document.uri, 'travel/unknown-setting', 'travel/space-after-colon');
    if (!extensions.getExtension('prompt-travel.prompt-travel')?.isActive)
      throw new Error('The extension is not active.');
    await screenshot('diagnostics');
  },
  async 'a hover shows the prompt of a frame'() {
    const { document } = await open('right.travel');
    const text = await hoverText(document, rangeOf(document, '8 ease').start);
    if (!text.includes('cute blonde woman with braids, portrait')) throw new Error(`The hover shows: ${text}`);
  },
  async 'a hover counts tokens by the vocabulary in the extension'() {
    const { document } = await open('right.travel');
    const text = await hoverText(document, rangeOf(document, '8 ease').start);
    if (!/Tokens: \d+/.test(text)) throw new Error(`The hover shows: ${text}`);
    await showHover('8 ease');
    await screenshot('hover-frame');
    await press('Escape');
  },
  async 'files beside the document and wildcards are read'() {
    const { document } = await open('family.travel');
    await diagnosed(document.uri, 'travel/key-beyond-end');
    const text = await hoverText(document, rangeOf(document, '__hair').start);
    if (!text.includes('red\nblue')) throw new Error(`The hover shows: ${text}`);
  },
  async 'paths are completed with what is in the folder'() {
    const { document } = await open('family.travel');
    const { items } = await commands.executeCommand<CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      rangeOf(document, 'extends: ').end,
    );
    const names = items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    const isRight = names.includes('wildcards/') && names.includes('right.travel') && !names.includes('family.travel');
    if (!isRight) throw new Error(`The list has: ${names.join(' ')}`);
  },
  async 'a code links to its page'() {
    const { document } = await open('wrong.travel');
    await diagnosed(document.uri, 'travel/unknown-setting');
    await showHover('fsp');
    await click('.monaco-hover:not(.hidden) a.code-link');
    await seeInPage('h1:has-text("Unknown setting")');
    await screenshot('page');
    await commands.executeCommand('workbench.action.closeActiveEditor');
  },
  async 'a schedule is pasted as keyframes'() {
    const { document } = await open('paste.travel');
    await diagnosed(document.uri, 'travel/space-after-colon');
    const end = new Position(document.lineCount - 1, 0);
    if (window.activeTextEditor) window.activeTextEditor.selection = new Selection(end, end);
    await copy('{"0": "red hair", "12": "green hair"}\n');
    await commands.executeCommand('workbench.action.focusActiveEditorGroup');
    await press('Control+v');
    await textWhen(document, (text) => text.includes('\n0: red hair\n12: green hair'));
    await commands.executeCommand('workbench.action.files.revert');
  },
  async 'a schedule is imported, and a prompt is exported'() {
    const file = fileUri('hair.json');
    await workspace.fs.writeFile(file, new TextEncoder().encode('{"0": "red hair", "8": "blue hair"}'));
    await commands.executeCommand('travel.openAsTravel', file);
    const imported = window.activeTextEditor?.document.getText() ?? '';
    if (!imported.endsWith('\n0: red hair\n8: blue hair\n')) throw new Error(`The document has: ${imported}`);
    const done = commands.executeCommand('travel.export');
    await click('.quick-input-widget >> text=A1111 Prompt');
    await done;
    const exported = window.activeTextEditor?.document.getText();
    if (exported !== '0: red hair\n8: blue hair\n') throw new Error(`The export has: ${exported}`);
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  },
  async 'the preview has the timeline'() {
    await open('right.travel');
    await commands.executeCommand('travel.openPreview');
    await seeInPage('text=/32 frames/');
    await seeInPage('text=/cute blonde woman/');
    await screenshot('preview');
    await commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
  },
  async 'rendering is not offered'() {
    const { document } = await open('right.travel');
    const lenses = await commands.executeCommand<CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
    if (lenses.length > 0)
      throw new Error(`There are lenses: ${lenses.map(({ command }) => command?.title).join(', ')}`);
    const registered = await commands.getCommands(true);
    if (!registered.includes('travel.copyAsA1111')) throw new Error('The language has no commands.');
    if (registered.includes('travel.render')) throw new Error('The command to render is registered.');
  },
};

/** Called by VS Code in its extension host. */
export async function run(): Promise<void> {
  const failures: string[] = [];
  for (const [name, test] of Object.entries(TESTS)) {
    await newFolder();
    await test().catch((error: Error) => failures.push(`${name}\n${error.message}`));
  }
  const passed = Object.keys(TESTS).length - failures.length;
  const verdict: Verdict = failures.length === 0 ? { ok: true, passed } : { ok: false, passed, failures };
  await report(verdict);
}

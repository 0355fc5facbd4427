import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import {
  type CompletionList,
  commands,
  type DocumentSymbol,
  type FoldingRange,
  type InlayHint,
  type Location,
  type LocationLink,
  Range,
  Selection,
  SnippetString,
  type TextEditor,
  type WorkspaceEdit,
  workspace,
} from 'vscode';
import { open, rangeOf } from './documents.ts';
import { hoverText } from './hover.ts';
import { click, press, screenshot, see } from './window.ts';

const revert = () => commands.executeCommand('workbench.action.files.revert');

function select(editor: TextEditor, text: string): void {
  const { end } = rangeOf(editor.document, text);
  editor.selection = new Selection(end, end);
}

const labels = ({ items }: CompletionList) =>
  items.map(({ label }) => (typeof label === 'string' ? label : label.label));

suite('completion', () => {
  test('knows settings and their values', async () => {
    const { document } = await open('right.travel');
    const complete = async (after: string) =>
      labels(
        await commands.executeCommand<CompletionList>(
          'vscode.executeCompletionItemProvider',
          document.uri,
          rangeOf(document, after).end,
        ),
      );
    assert.ok((await complete('save: [')).includes('mp4'));
    assert.ok((await complete('seed: 42\n')).includes('closed_loop'));
    assert.ok((await complete('$he')).some((label) => label.includes('hero')));
  });

  test('is accepted', async () => {
    const editor = await open('right.travel');
    select(editor, 'seed: 42');
    await editor.insertSnippet(new SnippetString('\nclosed_'));
    await commands.executeCommand('editor.action.triggerSuggest');
    await see('.suggest-widget.visible .monaco-list-row.focused');
    await screenshot('completion');
    const accepted = () => editor.document.getText().includes('closed_loop:');
    // Where nobody sees whether the list is there yet, the command does nothing until it is.
    while (!accepted()) await commands.executeCommand('acceptSelectedSuggestion');
    await revert();
  });
});

suite('reading', () => {
  test('a hover shows the whole prompt of a frame', async () => {
    const editor = await open('right.travel');
    const at = rangeOf(editor.document, '8 ease').start;
    const text = await hoverText(editor.document, at);
    assert.match(text, /cute blonde woman with braids, portrait/);
    assert.match(text, /fox ears/);
    editor.selection = new Selection(at, at);
    await commands.executeCommand('editor.action.showHover');
    await see('.monaco-hover:not(.hidden) .hover-contents');
    await screenshot('hover-frame');
    await press('Escape');
  });

  test('a hover explains a setting', async () => {
    const editor = await open('right.travel');
    const at = rangeOf(editor.document, 'fps').start;
    editor.selection = new Selection(at, at);
    assert.match(await hoverText(editor.document, at), /Frames a second/);
    await commands.executeCommand('editor.action.showHover');
    await see('.monaco-hover:not(.hidden) .hover-contents');
    await screenshot('hover-setting');
    await press('Escape');
  });

  test('the outline has the head, each keyframe and the tail', async () => {
    const { document } = await open('right.travel');
    const symbols = await commands.executeCommand<DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      document.uri,
    );
    const names = symbols.flatMap(({ name, children }) => [name, ...children.map((child) => child.name)]).join('\n');
    for (const part of ['0', '8', '15', '30', 'frames']) assert.match(names, new RegExp(`\\b${part}\\b`));
    await commands.executeCommand('outline.focus');
    await see('.outline-tree .monaco-list-row');
    await screenshot('outline');
    await commands.executeCommand('workbench.files.action.focusFilesExplorer');
  });

  test('parts fold, and keyframes say when they come', async () => {
    const { document } = await open('right.travel');
    const folds = await commands.executeCommand<FoldingRange[]>('vscode.executeFoldingRangeProvider', document.uri);
    assert.ok(folds.some(({ start, end }) => start === 0 && end >= 7));
    const all = new Range(0, 0, document.lineCount, 0);
    const hints = await commands.executeCommand<InlayHint[]>('vscode.executeInlayHintProvider', document.uri, all);
    assert.ok(hints.length >= 4);
  });
});

suite('names', () => {
  test('lead to their definition', async () => {
    const { document } = await open('right.travel');
    const found = await commands.executeCommand<(Location | LocationLink)[]>(
      'vscode.executeDefinitionProvider',
      document.uri,
      rangeOf(document, '$hero').end,
    );
    const place = found[0];
    assert.ok(place);
    const range = 'targetRange' in place ? place.targetRange : place.range;
    assert.equal(range.start.line, rangeOf(document, 'hero: cute').start.line);
  });

  test('are renamed everywhere', async () => {
    const editor = await open('right.travel');
    const { document } = editor;
    select(editor, '$hero');
    const edit = await commands.executeCommand<WorkspaceEdit>(
      'vscode.executeDocumentRenameProvider',
      document.uri,
      rangeOf(document, '$hero').end,
      'heroine',
    );
    assert.ok(await workspace.applyEdit(edit));
    assert.equal(document.getText().match(/\bheroine\b/g)?.length, 3);
    assert.doesNotMatch(document.getText(), /\bhero\b/);
    await revert();
  });

  test('ask for the new name in place', async () => {
    const editor = await open('right.travel');
    select(editor, '$hero');
    // Not awaited: it ends when the name is given, or here when it is not.
    const renamed = commands.executeCommand('editor.action.rename');
    await see('.rename-box input');
    await screenshot('rename');
    await commands.executeCommand('cancelRenameInput');
    await renamed;
  });
});

suite('status', () => {
  test('shows what the server does', async () => {
    await open('right.travel');
    await click('.statusbar-item[id="status.languageStatus"]');
    await see('.hover-language-status');
    await screenshot('status');
    await press('Escape');
  });
});

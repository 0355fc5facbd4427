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
  Position,
  Range,
  Selection,
  SnippetString,
  type TextEditor,
  type WorkspaceEdit,
  workspace,
} from 'vscode';
import { diagnosed } from './diagnostics.ts';
import { open, rangeOf, textWhen, write } from './documents.ts';
import { hoverText } from './hover.ts';
import { canDrive, click, press, screenshot, see, type } from './window.ts';

/** Opens a file, and waits until the language server has checked it. */
async function openChecked(): Promise<TextEditor> {
  const editor = await open('right.travel');
  await diagnosed(editor.document.uri, 'travel/keyframes-too-close');
  return editor;
}

const revert = () => commands.executeCommand('workbench.action.files.revert');

function select(editor: TextEditor, text: string): void {
  const { end } = rangeOf(editor.document, text);
  editor.selection = new Selection(end, end);
}

const labels = ({ items }: CompletionList) =>
  items.map(({ label }) => (typeof label === 'string' ? label : label.label));

suite('completion', () => {
  test('offers settings and their values', async () => {
    const editor = await openChecked();
    const { document } = editor;
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
    await editor.edit((edit) => edit.insert(new Position(document.lineCount - 1, 0), '\n20: $he'));
    assert.ok((await complete('\n20: $he')).some((label) => label.includes('hero')));
    await revert();
  });
});

// Only keys type as a user does.
if (canDrive) {
  suite('completion while typing', () => {
    const typeSetting = async (text: string) => {
      const editor = await openChecked();
      select(editor, 'seed: 42');
      await editor.insertSnippet(new SnippetString('\n'));
      await commands.executeCommand('workbench.action.focusActiveEditorGroup');
      await type(text);
      return editor.document;
    };

    test('opens by itself in the settings, and again after a key is accepted', async () => {
      const document = await typeSetting('samp');
      await see('.suggest-widget.visible .monaco-list-row.focused >> text=sampler');
      await screenshot('completion');
      await press('Enter');
      await textWhen(document, (text) => text.includes('\nsampler: \n'));
      await see('.suggest-widget.visible .monaco-list-row >> text=Euler a');
      await screenshot('completion-values');
      await press('Enter');
      await textWhen(document, (text) => /\nsampler: \w.*\n/.test(text));
      await revert();
    });

    test('lets Enter end a line whose value is complete', async () => {
      const document = await typeSetting('steps: 12');
      await press('Enter');
      await textWhen(document, (text) => text.includes('\nsteps: 12\n\n'));
      await type('closed_loop: N');
      await press('Enter');
      await textWhen(document, (text) => text.includes('\nclosed_loop: N\n\n'));
      await revert();
    });
  });
}

suite('reading', () => {
  test('a hover shows the whole prompt of a frame', async () => {
    const editor = await openChecked();
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
    const editor = await openChecked();
    const at = rangeOf(editor.document, 'fps').start;
    editor.selection = new Selection(at, at);
    assert.match(await hoverText(editor.document, at), /Frames per second/);
    await commands.executeCommand('editor.action.showHover');
    await see('.monaco-hover:not(.hidden) .hover-contents');
    await screenshot('hover-setting');
    await press('Escape');
  });

  test('the outline has the head, each keyframe and the tail', async () => {
    const { document } = await openChecked();
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

  test('parts fold, and keyframes show their times', async () => {
    const { document } = await openChecked();
    const folds = await commands.executeCommand<FoldingRange[]>('vscode.executeFoldingRangeProvider', document.uri);
    assert.ok(folds.some(({ start, end }) => start === 0 && end >= 7));
    const all = new Range(0, 0, document.lineCount, 0);
    const hints = await commands.executeCommand<InlayHint[]>('vscode.executeInlayHintProvider', document.uri, all);
    assert.ok(hints.length >= 4);
  });
});

suite('names', () => {
  test('link to their definition', async () => {
    const { document } = await openChecked();
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
    const editor = await openChecked();
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
    const editor = await openChecked();
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
    await openChecked();
    await click('.statusbar-item[id="status.languageStatus"]');
    await see('.hover-language-status');
    await screenshot('status');
    await press('Escape');
  });
});

suite('colors', () => {
  test('are shown in a light theme', async () => {
    const theme = workspace.getConfiguration('workbench');
    await theme.update('colorTheme', 'Default Light+', true);
    const editor = await openChecked();
    await write(
      editor,
      '---\nframes: 32\ndefine:\n  hero: a cat\nfra\n---\n$hero and $nobody\n\n0-8: (smile:1.2)  # a comment\n50% ease: red hair\n',
    );
    await diagnosed(editor.document.uri, 'travel/unknown-definition');
    await see('.vs .view-line .mtkb >> text=50%');
    // A name is in a span of its own once it has another color than the text around it.
    await see('.vs .view-line span span:text-is("$hero")');
    await screenshot('light');
    await theme.update('colorTheme', undefined, true);
    await revert();
  });
});

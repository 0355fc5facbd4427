import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import {
  type CodeAction,
  commands,
  type Diagnostic,
  DiagnosticSeverity,
  languages,
  Selection,
  type Uri,
  window,
  workspace,
} from 'vscode';
import { cleared, codeOf, diagnosed } from './diagnostics.ts';
import { fileUri, open, rangeOf, textWhen, write } from './documents.ts';
import { canDrive, click, press, screenshot, see, seeInPage } from './window.ts';

async function actionsAt(diagnostic: Diagnostic, uri: Uri): Promise<CodeAction[]> {
  return commands.executeCommand<CodeAction[]>('vscode.executeCodeActionProvider', uri, diagnostic.range);
}

suite('diagnostics', () => {
  test('are at the problem, with a link to documentation', async () => {
    const { document } = await open('wrong.travel');
    const found = await diagnosed(
      document.uri,
      'travel/unknown-setting',
      'travel/space-after-colon',
      'travel/key-beyond-end',
    );
    const unknown = found.find((diagnostic) => codeOf(diagnostic) === 'travel/unknown-setting')!;
    assert.deepEqual(unknown.range, rangeOf(document, 'fsp'));
    assert.equal(unknown.severity, DiagnosticSeverity.Warning);
    await commands.executeCommand('workbench.actions.view.problems');
    await see('.markers-panel .monaco-list-row');
    await screenshot('problems');
    await commands.executeCommand('workbench.action.closePanel');
  });

  // Only a click follows the link.
  if (canDrive) {
    test('link to their page from the hover', async () => {
      const editor = await open('wrong.travel');
      await diagnosed(editor.document.uri, 'travel/unknown-setting');
      const { start } = rangeOf(editor.document, 'fsp');
      editor.selection = new Selection(start, start);
      await commands.executeCommand('workbench.action.focusActiveEditorGroup');
      await commands.executeCommand('editor.action.showHover');
      await see('.monaco-hover:not(.hidden) a.code-link');
      await screenshot('hover-diagnostic');
      await click('.monaco-hover:not(.hidden) a.code-link');
      await seeInPage('h1:has-text("Unknown setting")');
      await screenshot('page-from-hover');
      await commands.executeCommand('workbench.action.closeActiveEditor');
    });

    test('link to their page from the list of problems', async () => {
      const { document } = await open('wrong.travel');
      await diagnosed(document.uri, 'travel/unknown-setting');
      await commands.executeCommand('workbench.actions.view.problems');
      await click('.markers-panel a:has-text("travel/unknown-setting")');
      await seeInPage('h1:has-text("Unknown setting")');
      await screenshot('page-from-problems');
      await commands.executeCommand('workbench.action.closePanel');
      await commands.executeCommand('workbench.action.closeActiveEditor');
    });
  }

  test('disappear when their quick fix is applied', async () => {
    const { document } = await open('wrong.travel');
    const found = await diagnosed(document.uri, 'travel/space-after-colon');
    const space = found.find((diagnostic) => codeOf(diagnostic) === 'travel/space-after-colon')!;
    const [fix] = await actionsAt(space, document.uri);
    assert.ok(fix?.edit, 'the diagnostic has a quick fix');
    assert.ok(await workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /^15: red hair$/m);
    await cleared(document.uri, 'travel/space-after-colon');
  });

  test('show their fixes in a menu', async () => {
    const editor = await open('wrong.travel');
    await diagnosed(editor.document.uri, 'travel/key-beyond-end');
    const { start } = rangeOf(editor.document, '40');
    editor.selection = new Selection(start, start);
    await commands.executeCommand('workbench.action.focusActiveEditorGroup');
    await commands.executeCommand('editor.action.quickFix');
    await see('.action-widget');
    await screenshot('quick-fix');
    await press('Escape');
  });

  test('a schedule that was pasted in is converted', async () => {
    const editor = await open('untidy.travel');
    await write(editor, '{\n  "0": "red hair",\n  "8": "blue hair"\n}\n');
    const found = await diagnosed(editor.document.uri, 'travel/pasted-schedule');
    await screenshot('pasted');
    const pasted = found.find((diagnostic) => codeOf(diagnostic) === 'travel/pasted-schedule')!;
    const actions = await actionsAt(pasted, editor.document.uri);
    const fix = actions.find(({ title }) => title.includes('all')) ?? actions[0];
    assert.ok(fix?.edit, 'the diagnostic has a fix');
    assert.ok(await workspace.applyEdit(fix.edit));
    assert.match(editor.document.getText(), /^\s*0: red hair$/m);
    assert.match(editor.document.getText(), /^\s*8: blue hair$/m);
    await cleared(editor.document.uri, 'travel/pasted-schedule');
    await commands.executeCommand('workbench.action.files.revert');
  });

  test('return after the server was restarted', async () => {
    const { document } = await open('wrong.travel');
    await commands.executeCommand('travel.restartServer');
    await diagnosed(document.uri, 'travel/unknown-setting');
  });

  test('are not reported for other files', async () => {
    await open('notes.md');
    assert.equal(window.activeTextEditor?.document.languageId, 'markdown');
    assert.deepEqual(languages.getDiagnostics(fileUri('notes.md')), []);
  });
});

suite('formatting', () => {
  test('happens on save', async () => {
    const configuration = workspace.getConfiguration('editor', { languageId: 'travel' });
    await configuration.update('formatOnSave', true, undefined, true);
    const editor = await open('untidy.travel');
    await editor.edit((edit) => edit.insert(rangeOf(editor.document, 'a woman').end, ', portrait'));
    await editor.document.save();
    assert.match(await textWhen(editor.document, (text) => text.includes('\n0: red hair\n')), /\n8: blue hair\n/);
    assert.equal(editor.document.isDirty, false);
    await configuration.update('formatOnSave', undefined, undefined, true);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type CodeLens, commands, languages, tasks, window, workspace } from 'vscode';
import { codeOf, diagnosed } from './diagnostics.ts';
import { fileUri, open, rangeOf } from './documents.ts';
import { hoverText } from './hover.ts';
import { canDrive, click, screenshot, see, seeInPage } from './window.ts';

const lenses = async (name: string) =>
  commands.executeCommand<CodeLens[]>('vscode.executeCodeLensProvider', (await open(name)).document.uri, 10);

suite('a folder that is not trusted', () => {
  test('has the language', async () => {
    assert.equal(workspace.isTrusted, false);
    const { document } = await open('wrong.travel');
    await diagnosed(document.uri, 'travel/unknown-setting', 'travel/space-after-colon');
    await screenshot('diagnostics');
  });

  test('has no problems of models that may not be read', async () => {
    const { document } = await open('right.travel');
    const found = await diagnosed(document.uri, 'travel/keyframes-too-close');
    assert.equal(found.map(codeOf).includes('travel/unknown-lora'), false);
  });

  test('has none of its files read', async () => {
    const { document } = await open('family.travel');
    const found = await diagnosed(document.uri, 'travel/unknown-setting');
    assert.equal(found.map(codeOf).includes('travel/key-beyond-end'), false);
    assert.doesNotMatch(await hoverText(document, rangeOf(document, '__hair').start), /red/);
  });

  test('cannot be rendered', async () => {
    assert.deepEqual(await lenses('tiny.travel'), []);
    await commands.executeCommand('travel.render');
    assert.deepEqual(tasks.taskExecutions, []);
    await commands.executeCommand('notifications.showList');
    await see('.notification-list-item-message >> text=Trust this folder first');
    await screenshot('render');
    await commands.executeCommand('notifications.hideList');
  });

  test('has its files imported, because they are only read', async () => {
    const file = fileUri('hair.json');
    await workspace.fs.writeFile(file, new TextEncoder().encode('{"0": "red hair", "8": "blue hair"}'));
    await commands.executeCommand('travel.openAsTravel', file);
    assert.match(window.activeTextEditor!.document.getText(), /\n0: red hair\n8: blue hair\n$/);
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  test('has the timeline in the preview, and a way to trust the folder', async () => {
    await open('tiny.travel');
    await commands.executeCommand('travel.openPreview');
    await seeInPage('text=/2 frames/');
    await seeInPage('text=/trust/i');
    await screenshot('preview');
    await commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
  });

  // Only a click can grant trust.
  if (canDrive) {
    test('can do everything once it is trusted', async () => {
      const { document } = await open('right.travel');
      await commands.executeCommand('workbench.trust.manage');
      await see('.workspace-trust-editor');
      await screenshot('manage-trust');
      const granted = new Promise<void>((resolve) => workspace.onDidGrantWorkspaceTrust(() => resolve()));
      await click('.workspace-trust-editor .workspace-trust-limitations.trusted .monaco-button');
      await granted;
      await diagnosed(document.uri, 'travel/unknown-lora');
      const family = (await open('family.travel')).document;
      await diagnosed(family.uri, 'travel/key-beyond-end');
      assert.match(await hoverText(family, rangeOf(family, '__hair').start), /red\nblue/);
      assert.ok(languages.getDiagnostics(document.uri).length > 0);
      assert.ok((await lenses('tiny.travel')).length > 0);
    });
  }
});

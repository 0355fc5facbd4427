import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, Position, Selection } from 'vscode';
import { diagnosed } from './diagnostics.ts';
import { open, textWhen } from './documents.ts';
import { canDrive, copy, press, screenshot, see } from './window.ts';

/** As FizzNodes writes it. */
const SCHEDULE = '"0": "red hair, (smile:1.2)",\n"8": "blue hair",\n"12": "green hair"\n';

async function pasteAtEnd(name: string, text: string) {
  const editor = await open(name);
  await diagnosed(editor.document.uri, 'travel/space-after-colon');
  const end = new Position(editor.document.lineCount - 1, 0);
  editor.selection = new Selection(end, end);
  await copy(text);
  await commands.executeCommand('workbench.action.focusActiveEditorGroup');
  await press('Control+v');
  return editor.document;
}

// Only keys paste as a user does.
if (canDrive) {
  suite('pasting', () => {
    test('a schedule becomes keyframes, and the widget offers the original text', async () => {
      const document = await pasteAtEnd('paste.travel', SCHEDULE);
      await textWhen(document, (text) => text.includes('\n0: red hair, (smile:1.2)\n8: blue hair\n12: green hair'));
      await see('.post-edit-widget');
      await screenshot('paste');
      await press('Control+.');
      await see('.action-widget >> text=Plain Text');
      await screenshot('paste-choices');
      await press('ArrowDown');
      await press('Enter');
      await textWhen(document, (text) => text.includes('"8": "blue hair",\n"12"'));
      await commands.executeCommand('workbench.action.files.revert');
    });

    test('is undone as a whole', async () => {
      const before = (await open('paste.travel')).document.getText();
      const document = await pasteAtEnd('paste.travel', SCHEDULE);
      await textWhen(document, (text) => text.includes('\n12: green hair'));
      await commands.executeCommand('undo');
      assert.equal(document.getText(), before);
    });

    test('other text stays as it is', async () => {
      const document = await pasteAtEnd('paste.travel', '12: green "hair"\n');
      await textWhen(document, (text) => text.includes('\n12: green "hair"\n'));
      await commands.executeCommand('workbench.action.files.revert');
    });
  });
}

import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, type TextDocument, Uri, window, workspace } from 'vscode';
import { eventually, open, textWhen } from './documents.ts';
import { closeUntitled, PARAMETERS, png, REQUEST, SCHEDULE, untitled, written } from './imports.ts';
import { clearNotifications, seeNotification } from './notifications.ts';
import { filesOf, openWith, render } from './renders.ts';
import { canDrive, chooseEdit, dragFiles, openMenu, press, screenshot, see } from './window.ts';

/** Shows a file in the explorer, and only its folders, because those of other tests have files of the same names. */
async function reveal(file: Uri): Promise<void> {
  await commands.executeCommand('workbench.files.action.collapseExplorerFolders');
  await commands.executeCommand('revealInExplorer', file);
}

const nameOf = ({ path }: Uri) => path.slice(path.lastIndexOf('/') + 1);

/** Drags files of one folder from the explorer into the editor. */
async function drop(...files: readonly [Uri, ...Uri[]]): Promise<void> {
  await reveal(files[0]);
  await dragFiles(files.map(nameOf));
}

async function emptyDocument(): Promise<TextDocument> {
  const document = await workspace.openTextDocument({ language: 'travel', content: '' });
  await window.showTextDocument(document);
  return document;
}

async function closeAll(): Promise<void> {
  await closeUntitled();
  await commands.executeCommand('workbench.action.closeAllEditors');
}

// Only a person drags.
if (canDrive) {
  suite('files that are dropped', () => {
    test('an image of A1111 becomes the empty document, and a widget offers its path', async () => {
      const document = await emptyDocument();
      await drop(await written('fox.png', png(PARAMETERS)));
      await textWhen(document, (text) => /^---\nframes: 24\n[^#]*\n12: white fur\n$/.test(text));
      await screenshot('drop');
      await chooseEdit('Insert Relative Path', 'drop-choices');
      await textWhen(document, (text) => /^test-\d+\/fox\.png$/.test(text));
      await closeAll();
    });

    test('a rendered image gives back its source character by character', async () => {
      const { document } = await openWith('tiny.travel', { frames: 1 });
      const source = `${document.getText()}\tin the rain\n`;
      const editor = await window.showTextDocument(document);
      await editor.edit((edit) => edit.insert(document.lineAt(document.lineCount - 1).range.end, '\tin the rain\n'));
      await document.save();
      assert.equal(document.getText(), source);
      const [file] = await filesOf(await render());
      const empty = await emptyDocument();
      await drop(Uri.file(file!));
      assert.equal(await textWhen(empty, (text) => text !== ''), source);
      await screenshot('drop-source');
      await closeAll();
    });

    test('several files become one document each, and one message has their notes', async () => {
      const document = await emptyDocument();
      await drop(await written('a-request.json', REQUEST), await written('b-schedule.json', SCHEDULE));
      await textWhen(document, (text) => text.includes('\nsteps: 9\n'));
      const other = await eventually(window.onDidChangeActiveTextEditor, () =>
        untitled().find((each) => each !== document),
      );
      assert.match(other.getText(), /\n0: red hair\n8: blue hair\n$/);
      await seeNotification('/imported. Not everything could be carried over/');
      await screenshot('drop-several');
      await closeAll();
    });

    test('are opened as documents of their own from a document with text, which stays as it is', async () => {
      const { document } = await open('tiny.travel');
      await commands.executeCommand('workbench.action.focusActiveEditorGroup');
      const before = document.getText();
      await drop(await written('fox.png', png(PARAMETERS)));
      // Its path by default.
      await textWhen(document, (text) => /\ntest-\d+\/fox\.png$/.test(text));
      await chooseEdit('Open as Travel', 'drop-open');
      const opened = await eventually(window.onDidChangeActiveTextEditor, () => untitled()[0]);
      assert.match(opened.getText(), /\n12: white fur\n$/);
      assert.equal(document.getText(), before);
      await screenshot('drop-opened');
      await closeAll();
    });

    test("the explorer's menu offers to open what a render has written", async () => {
      const { document } = await openWith('tiny.travel', { save: '[txt, webp]' });
      const source = document.getText();
      const files = (await filesOf(await render())).map((path) => Uri.file(path));
      for (const file of files) {
        await reveal(file);
        await openMenu(nameOf(file));
        await see('.monaco-menu >> text=Open as Travel');
        if (file.path.endsWith('.txt')) await screenshot('explorer-menu');
        // VS Code ignores clicks for a moment after a menu opens.
        await press('ArrowDown');
        await see('.monaco-menu .action-item.focused >> text=Open as Travel');
        await press('Enter');
        const opened = await eventually(window.onDidChangeActiveTextEditor, () => untitled()[0]);
        assert.equal(opened.getText(), source);
        await closeUntitled();
      }
      await clearNotifications();
      await press('Escape');
      await closeAll();
    });
  });
}

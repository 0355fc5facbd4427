import assert from 'node:assert/strict';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'mocha';
import { commands, Uri, window, workspace } from 'vscode';
import { fileUri, open, write } from './documents.ts';
import { clearNotifications, seeNotification } from './notifications.ts';
import { filesOf, holdEngine, openWith, render, watchJobs } from './renders.ts';
import { click, fill, press, screenshot, seeProposed } from './window.ts';

const isRendering = ({ state }: { readonly state: { readonly kind: string } }) => state.kind === 'sampling';

suite('files that are rendered', () => {
  test('a file that is changed during its render is rendered as it was, and the message says so', async () => {
    await using watched = await watchJobs();
    const editor = await openWith('tiny.travel', { steps: 8 });
    const rendering = render();
    await watched.jobOf(editor.document.uri, isRendering);
    await write(editor, editor.document.getText().replace('a cat', 'a dog'));
    const [folder] = await filesOf(await rendering);
    await seeNotification('/tiny: 2 frames.*The file has changed since this render was started/');
    await screenshot('file-changed');
    const [frame] = await readdir(folder!);
    assert.match(
      new TextDecoder('latin1').decode(await workspace.fs.readFile(Uri.file(join(folder!, frame!)))),
      /a cat/,
    );
    await clearNotifications();
    await commands.executeCommand('workbench.action.files.revert');
  });

  test('the same file is rendered again after Cancel and Start Again', async () => {
    await using watched = await watchJobs();
    const { document } = await openWith('long.travel', { steps: 40, output: 'renders/instead' });
    const first = render();
    await watched.jobOf(document.uri, isRendering);
    let second: ReturnType<typeof render>;
    {
      using _held = holdEngine();
      await openWith('long.travel', { frames: 1, steps: 1 });
      second = render();
      await seeNotification('/long.travel is already being rendered \\(\\d+ %\\)/');
      await click('.notifications-center >> .monaco-button >> text=Cancel and Start Again');
    }
    const result = await first;
    assert.ok(result?.ok === false && result.kind === 'cancelled', JSON.stringify(result));
    await filesOf(await second);
    await clearNotifications();
  });

  test('a file outside of the open folder is rendered into its own folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'travel-vscode-'));
    const path = join(folder, 'alone.travel');
    await writeFile(
      path,
      new TextDecoder().decode(await workspace.fs.readFile((await open('tiny.travel')).document.uri)),
    );
    await window.showTextDocument(await workspace.openTextDocument(path), { preview: false });
    const [written] = await filesOf(await render());
    assert.equal(written, join(folder, 'renders/tiny'));
    await seeNotification('/alone: 2 frames, seed 1, in/');
    await clearNotifications();
  });

  test('an untitled file is saved where the user says, and rendered', async () => {
    const text = (await open('tiny.travel')).document.getText();
    await commands.executeCommand('travel.newFile');
    await write(window.activeTextEditor!, text);
    const rendering = render();
    await seeProposed('Untitled');
    const path = fileUri('saved.travel').fsPath;
    await fill(path);
    await screenshot('save-untitled-as');
    await press('Enter');
    const [written] = await filesOf(await rendering);
    assert.equal(written, fileUri('renders/tiny').fsPath);
    assert.equal((await workspace.openTextDocument(path)).getText(), text);
    await seeNotification('/saved: 2 frames, seed 1, in/');
    await clearNotifications();
  });
});

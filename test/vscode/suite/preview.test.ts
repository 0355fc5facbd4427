import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, Uri, window, workspace } from 'vscode';
import type { RenderResult } from '../../../protocol/engine.ts';
import { open, write } from './documents.ts';
import { screenshot, seeInPage } from './window.ts';

const closePreview = async () => {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  await window.tabGroups.close(tabs.filter(({ label }) => label.includes('Preview')));
};

suite('preview', () => {
  test('opens beside the text, which keeps the keyboard, and follows what is typed', async () => {
    const editor = await open('right.travel');
    await commands.executeCommand('travel.openPreview');
    await seeInPage('canvas');
    assert.equal(window.activeTextEditor, editor);
    await screenshot('preview');
    await write(editor, '---\nframes: 32\n---\n0: a cat\n16 cut: a fox\n24: a wolf\n');
    await screenshot('preview-edited');
    await open('tiny.travel');
    await seeInPage('text=tiny');
    await closePreview();
  });

  test('shows a render while it runs, and its clip at the end', async () => {
    await open('long.travel');
    await commands.executeCommand('travel.openPreview');
    await seeInPage('canvas');
    const rendering = commands.executeCommand<RenderResult>('travel.render');
    await seeInPage('text=/step/i');
    await screenshot('preview-sampling');
    const result = await rendering;
    assert.ok(result.ok, JSON.stringify(result));
    await seeInPage('text=/seed 1/');
    await screenshot('preview-done');
    await commands.executeCommand('notifications.clearAll');
    await closePreview();
    for (const file of result.files) await workspace.fs.stat(Uri.file(file));
  });
});

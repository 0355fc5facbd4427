import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, extensions } from 'vscode';
import { open } from './documents.ts';
import { screenshot } from './window.ts';

const extension = () => {
  const found = extensions.getExtension('prompt-travel.prompt-travel');
  assert.ok(found, 'the extension is installed');
  return found;
};

suite('activation', () => {
  test('waits for the first .travel file', async () => {
    await open('notes.md');
    assert.equal(extension().isActive, false);
  });

  test('starts with the first .travel file', async () => {
    const { document } = await open('right.travel');
    assert.equal(document.languageId, 'travel');
    await extension().activate();
    assert.equal(extension().isActive, true);
    await screenshot('right');
  });

  test('has a command for each that it declares', async () => {
    const declared = extension().packageJSON.contributes.commands.map(({ command }: { command: string }) => command);
    const registered = new Set(await commands.getCommands(true));
    assert.ok(declared.length > 0);
    assert.deepEqual(
      declared.filter((command: string) => !registered.has(command)),
      [],
    );
  });
});

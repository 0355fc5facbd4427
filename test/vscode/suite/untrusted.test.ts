import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { extensions, workspace } from 'vscode';
import { open } from './documents.ts';
import { screenshot } from './window.ts';

suite('a folder that is not trusted', () => {
  test('has the language', async () => {
    assert.equal(workspace.isTrusted, false);
    await open('right.travel');
    await extensions.getExtension('prompt-travel.prompt-travel')?.activate();
    assert.equal(extensions.getExtension('prompt-travel.prompt-travel')?.isActive, true);
    await screenshot('right');
  });
});

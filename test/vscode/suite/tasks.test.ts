import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { DiagnosticSeverity, tasks, Uri, workspace } from 'vscode';
import { codeOf, diagnosed } from './diagnostics.ts';

suite('tasks', () => {
  test('A task renders a file without Node.js on the path, and lists the problems that it prints', async () => {
    const found = await tasks.fetchTasks({ type: 'travel' });
    const task = found.find(({ definition }) => String(definition.file).endsWith('wrong.travel'));
    assert.ok(task, `not among ${found.map(({ name }) => name).join(', ')}`);
    const uri = Uri.joinPath(workspace.workspaceFolders![0]!.uri, String(task.definition.file));
    const ended = new Promise<number | undefined>((resolve) => {
      const listener = tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        if (execution.task.definition.file !== task.definition.file) return;
        listener.dispose();
        resolve(exitCode);
      });
    });
    await tasks.executeTask(task);
    // The file has errors.
    assert.equal(await ended, 1);
    const problems = await diagnosed(uri, 'travel/unknown-setting', 'travel/key-beyond-end');
    const setting = problems.find((problem) => codeOf(problem) === 'travel/unknown-setting')!;
    assert.equal(setting.range.start.line, 2);
    assert.equal(setting.severity, DiagnosticSeverity.Warning);
    assert.match(setting.message, /fsp/);
  });
});

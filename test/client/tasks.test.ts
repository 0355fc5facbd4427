import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { type PlacedProblem, placeProblems, problemLine } from '../../cli/problems.ts';
import { checkTravel } from '../../grammar/language.ts';
import { Severity } from '../../grammar/problem.ts';
import { testEnvironment } from '../grammar/environment.ts';
import { fake, Task, Uri, workspace } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { renderTasks } = await import('../../client/tasks.ts');

const provider = renderTasks('/extension/dist/travel.js');
const provide = async () => (await provider.provideTasks(null as never)) ?? [];
const resolveTask = (definition: object, scope: unknown = { uri: Uri.file('/clips') }) =>
  provider.resolveTask(
    new Task({ type: 'travel', ...definition }, scope, 'Seven', 'Workspace') as never,
    null as never,
  );

/** What a task starts. */
const started = (args: readonly string[], more: object = {}) => ({
  process: process.execPath,
  args: ['/extension/dist/travel.js', 'render', ...args],
  options: { cwd: '/clips', env: { ELECTRON_RUN_AS_NODE: '1', TRAVEL_MODELS: '' }, ...more },
});

beforeEach(() => {
  fake.reset();
  vi.stubEnv('TRAVEL_MODELS', '');
  onTestFinished(() => void vi.unstubAllEnvs());
});

describe('tasks', () => {
  it('render each file of the workspace, without Node.js on the path', async () => {
    fake.found = ['/clips/fox.travel', '/clips/a/-b.travel', '/elsewhere/owl.travel'];
    // In the order of their paths, so that VS Code finds the same ones when it asks again.
    expect(await provide()).toMatchObject([
      { definition: { file: 'a/-b.travel' }, execution: started(['--', 'a/-b.travel']) },
      {
        definition: { type: 'travel', file: 'fox.travel' },
        name: 'render fox.travel',
        execution: started(['--', 'fox.travel']),
        problemMatchers: ['$travel'],
      },
    ]);
    fake.found = Array.from({ length: 1000 }, (_, i) => `/clips/${i}.travel`);
    const some = await provide();
    expect(some).toHaveLength(200);
    fake.found.reverse();
    expect(await provide()).toEqual(some);
  });

  it('use the model folders of the settings and of the environment', async () => {
    fake.found = ['/clips/fox.travel'];
    fake.settings['travel.modelFolders'] = ['/models', '~/more'];
    vi.stubEnv('TRAVEL_MODELS', '/mine');
    const env = {
      ELECTRON_RUN_AS_NODE: '1',
      TRAVEL_MODELS: ['/models', '~/more', '/mine'].join(process.platform === 'win32' ? ';' : ':'),
    };
    expect(await provide()).toMatchObject([{ execution: started(['--', 'fox.travel'], { env }) }]);
  });

  it('of tasks.json get their execution, and keep their definition and name', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code replaces it.
    const file = '${file}';
    const definition = { file, args: ['--seed', '7'] };
    const task = resolveTask(definition);
    expect(task).toMatchObject({
      name: 'Seven',
      execution: started(['--seed', '7', '--', file]),
      problemMatchers: ['$travel'],
    });
    expect((task as unknown as { definition: object }).definition).toEqual({ type: 'travel', ...definition });
    // A task of the whole workspace runs in its first folder.
    expect(resolveTask(definition, 2)).toMatchObject({ scope: 2, execution: { options: { cwd: '/clips' } } });
    for (const wrong of [{}, { file: 7 }, { file: 'a', args: '--seed' }, { file: 'a', args: [7] }]) {
      expect(resolveTask(wrong)).toBeUndefined();
    }
  });

  it('are for trusted workspaces only', async () => {
    fake.found = ['/clips/fox.travel'];
    workspace.isTrusted = false;
    expect(await provide()).toEqual([]);
    expect(resolveTask({ file: 'fox.travel' })).toBeUndefined();
  });
});

const Matchers = z.object({
  contributes: z.object({
    taskDefinitions: z.tuple([z.object({ type: z.string(), properties: z.record(z.string(), z.unknown()) })]),
    problemMatchers: z.tuple([
      z.object({
        name: z.string(),
        /** For what `Severity` calls otherwise than VS Code, which knows `error` and `warning`. */
        severity: z.literal('info'),
        pattern: z.object({ regexp: z.string() }).catchall(z.union([z.number(), z.string()])),
      }),
    ]),
  }),
});

const { contributes } = Matchers.parse(
  JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')),
);

/** What VS Code reads from a line. */
function matched(line: string) {
  const { regexp, ...groups } = contributes.problemMatchers[0].pattern;
  const match = new RegExp(regexp).exec(line);
  return match && Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, match[Number(group)]]));
}

const problem: PlacedProblem = {
  file: 'fox.travel',
  line: 3,
  column: 14,
  endLine: 3,
  endColumn: 16,
  severity: 'warning',
  code: 'travel/key-order',
  message: 'Keys are out of order.',
};

describe('the problem matcher', () => {
  it('has the name and the task type that the provider uses', () => {
    expect(contributes.problemMatchers[0].name).toBe('travel');
    expect(contributes.taskDefinitions[0]).toMatchObject({ type: 'travel', properties: { file: {}, args: {} } });
  });

  it.each([
    'fox.travel',
    '/clips/a b/fox.travel',
    'C:\\clips\\fox.travel',
    'C:/clips/12:30: error: fox.travel',
    '\\\\server\\share\\fox.travel',
    '<stdin>',
  ])('reads a problem in %s', (file) => {
    for (const severity of Severity.options) {
      const line = problemLine({ ...problem, file, severity });
      const { message, code } = problem;
      expect(matched(line)).toEqual({ file, line: '3', column: '14', severity, message, code });
    }
  });

  it('reads a message with colons, numbers and brackets', () => {
    const message = 'Write “[a:b:0.5]”: 3:1: error: it is [travel/x] here.';
    expect(matched(problemLine({ ...problem, message }))).toMatchObject({ file: 'fox.travel', line: '3', message });
  });

  it('reads every problem of a real check, and no other line', () => {
    const text = 'frames: 1\n0: (a cat\n0: [b\n-3: c\n';
    const problems = placeProblems('fox.travel', text, checkTravel(text, testEnvironment()).problems);
    expect(problems.length).toBeGreaterThan(2);
    for (const { file, line, column, severity, message, code } of problems) {
      const found = matched(problemLine({ file, line, column, severity, message, code, endLine: 0, endColumn: 0 }));
      expect(found).toMatchObject({ file, line: String(line), column: String(column), severity, code });
    }
    for (const line of [
      'fox.travel: 16 frames, seed 42, in 0:31 on CPU',
      '1 file: 2 errors',
      'fox.travel: warning: Slow.',
    ]) {
      expect(matched(line)).toBeNull();
    }
  });
});

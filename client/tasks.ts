import {
  ProcessExecution,
  Task,
  type TaskDefinition,
  type TaskProvider,
  type WorkspaceFolder,
  workspace,
} from 'vscode';
import { programEnvironment } from './program-environment.ts';

/** As in `taskDefinitions` of the manifest. */
export const TASK_TYPE = 'travel';

const PROBLEM_MATCHER = '$travel';

/** More would only make the list of tasks slow and long. Others can be written in `tasks.json`. */
const MOST_FILES = 200;

/** Enough to list the same ones each time in any usual folder. */
const MOST_FOUND = 5000;

/**
 * Tasks that render a `.travel` file in a terminal, with the command line that is part of the extension: it runs in VS
 * Code's own runtime, so nobody needs Node.js.
 *
 * @param program absolute path of the command line, `dist/travel.js`
 */
export function renderTasks(program: string): TaskProvider {
  return {
    async provideTasks() {
      if (!workspace.isTrusted) return [];
      const found = await workspace.findFiles('**/*.travel', undefined, MOST_FOUND);
      // VS Code asks again before it runs a task, and has to find the same ones.
      const files = found.toSorted((a, b) => (a.path < b.path ? -1 : 1)).slice(0, MOST_FILES);
      return files.flatMap((uri) => {
        const folder = workspace.getWorkspaceFolder(uri);
        if (!folder || uri.scheme !== 'file') return [];
        const file = workspace.asRelativePath(uri, false);
        const definition = { type: TASK_TYPE, file };
        return new Task(
          definition,
          folder,
          `render ${file}`,
          TASK_TYPE,
          execution(program, { file }, folder),
          PROBLEM_MATCHER,
        );
      });
    },
    resolveTask({ definition, scope, name, problemMatchers }) {
      const render = workspace.isTrusted ? renderOf(definition) : null;
      if (!render) return undefined;
      const folder = typeof scope === 'object' ? scope : workspace.workspaceFolders?.[0];
      const matchers = problemMatchers.length > 0 ? problemMatchers : PROBLEM_MATCHER;
      const place = scope ?? folder;
      // VS Code finds the task by this very definition.
      return place && new Task(definition, place, name, TASK_TYPE, execution(program, render, folder), matchers);
    },
  };
}

interface Render {
  /**
   * Absolute, or relative to the folder of the task. It may have variables, such as `${file}`, which VS Code replaces.
   */
  readonly file: string;
  /** Flags of `travel render`. */
  readonly args?: readonly string[];
}

/** null if a definition in `tasks.json` is not one of a render. VS Code underlines it there. */
function renderOf({ file, args = [] }: TaskDefinition): Render | null {
  const isText = (value: unknown) => typeof value === 'string';
  return isText(file) && Array.isArray(args) && args.every(isText) ? { file, args } : null;
}

function execution(
  program: string,
  { file, args = [] }: Render,
  folder: WorkspaceFolder | undefined,
): ProcessExecution {
  const configured = workspace.getConfiguration('travel', folder?.uri).get<readonly string[]>('modelFolders', []);
  return new ProcessExecution(process.execPath, [program, 'render', ...args, '--', file], {
    ...(folder && { cwd: folder.uri.fsPath }),
    env: programEnvironment(configured),
  });
}

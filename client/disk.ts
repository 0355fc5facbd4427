import { workspace } from 'vscode';
import type { Middleware } from 'vscode-languageclient';

/** A machine has a disk and processes; a browser has neither. */
export type Place = 'machine' | 'browser';

export const mayReadDisk = (place: Place): boolean => place === 'machine' && workspace.isTrusted;

/** Settings that name folders to read. */
const FOLDERS = { modelFolders: [], wildcardFolders: [] };

/** What is said of a name that was looked for in those folders; where nothing may be read, nobody can know. */
const NOT_FOUND: ReadonlySet<unknown> = new Set([
  'travel/unknown-embedding',
  'travel/unknown-lora',
  'travel/unknown-model',
  'travel/unknown-wildcard',
]);

const codeOf = (code: unknown) => (typeof code === 'object' && code && 'value' in code ? code.value : code);

/**
 * Keeps the server from reading model folders and wildcards, and from complaining that it found nothing there.
 *
 * @param closed asked each time: trust can be given
 */
export function withoutDisk(closed: () => boolean): Middleware {
  return {
    workspace: {
      async configuration(params, token, next) {
        const answers = await next(params, token);
        if (!closed() || !Array.isArray(answers)) return answers;
        return answers.map((answer: unknown) => (typeof answer === 'object' ? { ...answer, ...FOLDERS } : answer));
      },
    },
    async provideDiagnostics(document, previousResultId, token, next) {
      const report = await next(document, previousResultId, token);
      if (!closed() || report?.kind !== 'full') return report;
      return { ...report, items: report.items.filter(({ code }) => !NOT_FOUND.has(codeOf(code))) };
    },
  };
}

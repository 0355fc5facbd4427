/**
 * A thin stand-in for the API of VS Code, for tests outside of it: what the code under test shows is recorded, and the
 * user's answers are set beforehand. `test/vscode` tests the same in a real VS Code.
 */
import type { FakeDocument } from './editor/documents.ts';
import { events, fake } from './editor/fake.ts';
import { Disposable } from './editor/values.ts';

export * from './editor/documents.ts';
export * from './editor/edits.ts';
export { events, fake } from './editor/fake.ts';
export * from './editor/panel.ts';
export * from './editor/values.ts';
export * from './editor/window.ts';
export * from './editor/workspace.ts';

/** A place for an extension's data. */
export function memento(data: Record<string, unknown> = {}) {
  return {
    data,
    get: (key: string) => data[key],
    update: async (key: string, value: unknown) => {
      data[key] = value;
    },
  };
}

export const version = '1.139.0';

export const UIKind = { Desktop: 1, Web: 2 };

/** Null stands for English. */
export const l10n: { bundle: Readonly<Record<string, string>> | undefined } = { bundle: undefined };

export const env = {
  language: 'en',
  appName: 'VS Code',
  uiKind: UIKind.Desktop,
  remoteName: undefined as string | undefined,
  clipboard: {
    async writeText(text: string): Promise<void> {
      fake.clipboard = text;
    },
  },
  openExternal: async () => true,
};

/** Providers of edits for what is dropped or pasted, by the first type that they take. */
export const editProviders = new Map<string, unknown>();

export const languages = {
  setTextDocumentLanguage: async (document: FakeDocument, languageId: string) =>
    Object.assign(document, { languageId }),
  getDiagnostics: () => fake.diagnostics,
  onDidChangeDiagnostics: events.diagnosed.event,
  registerDocumentDropEditProvider(_selector: string, provider: unknown, metadata: { dropMimeTypes: string[] }) {
    editProviders.set(`drop ${metadata.dropMimeTypes[0]}`, provider);
    return new Disposable(() => undefined);
  },
  registerDocumentPasteEditProvider(_selector: string, provider: unknown, metadata: { pasteMimeTypes: string[] }) {
    editProviders.set(`paste ${metadata.pasteMimeTypes[0]}`, provider);
    return new Disposable(() => undefined);
  },
};

export const extensions = {
  getExtension: () => fake.git && { activate: async () => fake.git },
};

export class ProcessExecution {
  constructor(process: string, args: readonly string[], options = {}) {
    Object.assign(this, { process, args, options });
  }
}

export class Task {
  constructor(
    definition: unknown,
    scope: unknown,
    name: string,
    source: string,
    execution?: unknown,
    problemMatchers: string | readonly string[] = [],
  ) {
    Object.assign(this, { definition, scope, name, source, execution, problemMatchers: [problemMatchers].flat() });
  }
}

export const commands = {
  async executeCommand(name: string, ...args: unknown[]): Promise<void> {
    if (name === 'setContext') {
      fake.context[String(args[0])] = args[1];
      return;
    }
    fake.executed.push(name);
    fake.executedWith.push(args);
  },
};

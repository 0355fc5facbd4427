import { type FakeDocument, FakeEditor } from './documents.ts';
import { alsoReset, events, type FakeProgress, fake } from './fake.ts';
import { FakePanel } from './panel.ts';
import { Disposable, type Range } from './values.ts';

function message(kind: 'information' | 'warning' | 'error') {
  return async (text: string, ...items: (string | { readonly modal: boolean })[]): Promise<string | undefined> => {
    const buttons = items.filter((item) => typeof item === 'string');
    fake.messages.push({ kind, text });
    const index = fake.answers.findIndex((answer) => buttons.includes(answer));
    return index < 0 ? undefined : fake.answers.splice(index, 1)[0];
  };
}

interface ShownEditor {
  readonly document: FakeDocument;
  readonly selection?: Range;
}

const empty = () => ({
  activeTextEditor: undefined as ShownEditor | undefined,
  visibleTextEditors: [] as ShownEditor[],
  tabGroups: { all: [] as { tabs: { input: unknown }[] }[] },
  state: { focused: true },
});

export const window = {
  ...empty(),
  onDidChangeActiveTextEditor: events.active.event,
  onDidChangeTextEditorSelection: events.selected.event,
  createWebviewPanel(viewType: string, title: string) {
    const panel = new FakePanel(viewType, title);
    fake.panels.push(panel);
    return panel;
  },
  showSaveDialog: async () => fake.saveDialog,
  showOpenDialog: async () => fake.openDialog && [fake.openDialog].flat(),
  async showTextDocument(document: FakeDocument) {
    fake.shown.push(document);
    const editor = new FakeEditor(document);
    window.activeTextEditor = editor;
    return editor;
  },
  showInformationMessage: message('information'),
  showWarningMessage: message('warning'),
  showErrorMessage: message('error'),
  setStatusBarMessage(text: string) {
    fake.messages.push({ kind: 'status', text });
    return new Disposable(() => undefined);
  },
  createStatusBarItem() {
    const item = {
      text: '',
      visible: false,
      show() {
        item.visible = true;
      },
      hide() {
        item.visible = false;
      },
      dispose() {
        item.visible = false;
      },
    };
    fake.statusItems.push(item);
    return item;
  },
  async withProgress<T>(
    { title }: { title: string },
    task: (
      progress: { report(value: { message?: string }): void },
      token: { onCancellationRequested(listener: () => void): void },
    ) => Promise<T>,
  ): Promise<T> {
    let cancel: () => void = () => undefined;
    const shown: FakeProgress = { title, messages: [], ended: false, cancel: () => cancel() };
    fake.progress.push(shown);
    const report = ({ message }: { message?: string }) => shown.messages.push(message ?? '');
    const onCancellationRequested = (listener: () => void) => {
      cancel = listener;
    };
    try {
      return await task({ report }, { onCancellationRequested });
    } finally {
      shown.ended = true;
    }
  },
  async showInputBox(options: {
    title: string;
    value?: string;
    validateInput(text: string): string | null | undefined | Promise<string | null>;
  }): Promise<string | undefined> {
    const { title, value = '' } = options;
    const typed = fake.typed.shift();
    const complaint = typed === undefined ? null : ((await options.validateInput(typed)) ?? null);
    fake.inputs.push({ title, value, complaint });
    // VS Code does not close the box as long as its text is invalid.
    return complaint === null ? typed : undefined;
  },
  async showQuickPick<T extends { readonly label: string }>(
    items: readonly T[],
    { canPickMany = false } = {},
  ): Promise<T | readonly T[] | undefined> {
    fake.lists.push(items.map(({ label }) => label));
    fake.items.push([...items]);
    if (canPickMany) {
      const chosen = items.filter(({ label }) => fake.picks.some((pick) => label.includes(pick)));
      return fake.picks.splice(0).length > 0 ? chosen : undefined;
    }
    const wanted = fake.picks.shift();
    return items.find(({ label }) => wanted !== undefined && label.includes(wanted));
  },
};

alsoReset(() => Object.assign(window, empty()));

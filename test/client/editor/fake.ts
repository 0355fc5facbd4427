import type { URI } from 'vscode-uri';
import type { FakeDocument, FakeEditor } from './documents.ts';
import type { WorkspaceEdit } from './edits.ts';
import type { FakePanel } from './panel.ts';
import { EventEmitter, type Selection } from './values.ts';

/** The events of the editor, which a test fires. */
export const events = {
  changedText: new EventEmitter<{ document: FakeDocument }>(),
  opened: new EventEmitter<FakeDocument>(),
  closed: new EventEmitter<FakeDocument>(),
  renamed: new EventEmitter<{ files: readonly { oldUri: URI; newUri: URI }[] }>(),
  trusted: new EventEmitter<void>(),
  active: new EventEmitter<FakeEditor | undefined>(),
  selected: new EventEmitter<{ textEditor: FakeEditor; selections: Selection[]; kind?: number }>(),
  diagnosed: new EventEmitter<{ uris: readonly URI[] }>(),
};

interface FakeStatusItem {
  text: string;
  command?: unknown;
  tooltip?: unknown;
  visible: boolean;
}

export interface FakeProgress {
  readonly title: string;
  messages: string[];
  ended: boolean;
  cancel(): void;
}

const untouched = () => ({
  messages: [] as { readonly kind: 'information' | 'warning' | 'error' | 'status'; readonly text: string }[],
  executed: [] as string[],
  /** The arguments of each. */
  executedWith: [] as unknown[][],
  /** Context keys. */
  context: {} as Record<string, unknown>,
  panels: [] as FakePanel[],
  diagnostics: [] as { readonly code: unknown; readonly message: string }[],
  /** Of the Git extension; undefined: it is disabled. */
  git: undefined as unknown,
  saveDialog: undefined as URI | undefined,
  openDialog: undefined as URI | readonly URI[] | undefined,
  written: new Map<string, Uint8Array>(),
  deleted: [] as string[],
  hasTrash: true,
  statusItems: [] as FakeStatusItem[],
  progress: [] as FakeProgress[],
  /** The labels that the user picks, one in each list; what was listed. */
  picks: [] as string[],
  lists: [] as string[][],
  /** The same with all that the items show. */
  items: [] as unknown[][],
  /** What the user types into the next input boxes; undefined: the user declines. What each one showed. */
  typed: [] as (string | undefined)[],
  /** By the pattern that each watches. */
  watchers: new Map<string, { readonly changed: EventEmitter<URI>; isDisposed: boolean }>(),
  inputs: [] as { readonly title: string; readonly value: string; readonly complaint: string | null }[],
  edits: [] as WorkspaceEdit[],
  /** Whether documents can be edited. */
  editable: true,
  folders: ['/clips'],
  /** Paths of files that `findFiles` finds. */
  found: [] as string[],
  documents: [] as FakeDocument[],
  /** In the order in which they were shown. */
  shown: [] as FakeDocument[],
  files: new Map<string, string>(),
  clipboard: '',
  /** What the user has set, by the settings' whole names. */
  settings: {} as Record<string, unknown>,
  /** The button that the user chooses in the next messages; the first that a message has. */
  answers: [] as string[],
  /** Where an untitled document is saved; undefined: the user declines. */
  saveAs: undefined as FakeDocument | undefined,
});

const resets: (() => void)[] = [];

/** What happened, and what the user will answer. */
export const fake = {
  ...untouched(),
  /** Before a test. */
  reset(): void {
    Object.assign(fake, untouched());
    for (const reset of resets) reset();
  },
};

/** Reset something else, too, with all that is recorded. */
export const alsoReset = (reset: () => void) => resets.push(reset);

/** Previews in a window that a test controls. */
import type { RenderHost } from '../../../client/preview/document-preview.ts';
import { Previews } from '../../../client/preview/previews.ts';
import {
  documentAt,
  events,
  type FakeDocument,
  FakeEditor,
  type FakePanel,
  fake,
  memento,
  Position,
  Selection,
  Uri,
  window,
} from '../vscode.ts';
import { servicesOf, settled, TestServer } from './services.ts';

export const TEXT = '0: a\n8: b\n\n16: c\n';

export function add(path: string, changes: Partial<FakeDocument> = {}): FakeDocument {
  const document = documentAt(path, { text: TEXT, ...changes });
  fake.documents.push(document);
  return document;
}

export function setUp(stored: Record<string, unknown> = {}, renders: RenderHost | null = null) {
  const server = new TestServer();
  const state = memento(stored);
  const previews = new Previews(servicesOf(server, renders), Uri.file('/extension') as never, state as never);
  return { server, state, previews };
}

/** An open preview whose page listens. */
export async function opened(all = setUp()) {
  const document = add('/clips/fox.travel');
  const editor = new FakeEditor(document);
  window.activeTextEditor = editor;
  window.visibleTextEditors = [editor];
  await all.previews.open();
  const panel = fake.panels[0]!;
  panel.say({ type: 'ready' });
  await settled();
  return { ...all, document, editor, panel };
}

export function activate(document: FakeDocument): void {
  window.activeTextEditor = new FakeEditor(document);
  events.active.fire(new FakeEditor(document));
}

export const at = (line: number) => new Selection(new Position(line, 0), new Position(line, 0));

export const shownName = (panel: FakePanel) => panel.last('state')?.name;

import { expect } from 'vitest';
import { type DocumentDropEdit, documentAt, editProviders, events, type FakeDocument, fake } from '../vscode.ts';

/** What is dropped or pasted. */
export const transfer = (type: string, text: string) => ({
  get: (name: string) => (name === type ? { asString: async () => text } : undefined),
});
export const token = { isCancellationRequested: false };

interface EditProvider {
  provideDocumentDropEdits(...args: unknown[]): Promise<DocumentDropEdit[] | undefined>;
  provideDocumentPasteEdits(...args: unknown[]): Promise<DocumentDropEdit[] | undefined>;
}

export const provider = (name: string) => editProviders.get(name) as EditProvider;

export const titles = (edits: readonly DocumentDropEdit[] | undefined) => edits?.map(({ title }) => title);

/** VS Code applies an edit that replaces a whole document. */
export function replaced(document: FakeDocument, edit: DocumentDropEdit): void {
  document.text = edit.additionalEdit!.replaced[0]!.text;
  events.changedText.fire({ document });
}

/** VS Code applies an edit that makes a document. */
export async function made(edit: DocumentDropEdit): Promise<FakeDocument> {
  const { uri, text } = edit.additionalEdit!.replaced[0]!;
  const document = documentAt(uri, { text, isUntitled: true, languageId: 'plaintext' });
  fake.documents.push(document);
  const shown = fake.shown.length;
  events.opened.fire(documentAt('/clips/other.travel'));
  events.opened.fire(document);
  await expect.poll(() => fake.shown.length).toBeGreaterThan(shown);
  expect(document.languageId).toBe('travel');
  return document;
}

import type { TextDocument } from 'vscode';

/** The language's id in VS Code, as in package.json. */
export const LANGUAGE = 'travel';

/** URI scheme of the sources in rendered files: documents without an editor, which the language server reads. */
export const SOURCES = 'travel-source';

/** Schemes of documents that can only be read: a source in a rendered file, and a version in Git, as in its diffs. */
const READ_ONLY: ReadonlySet<string> = new Set([SOURCES, 'git']);

/** Whether a person edits a document, so that it has renders of its own. */
export const isEdited = ({ uri }: Pick<TextDocument, 'uri'>): boolean => !READ_ONLY.has(uri.scheme);

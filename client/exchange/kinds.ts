import { DocumentDropOrPasteEditKind } from 'vscode';
import { LANGUAGE } from '../language-id.ts';

/*
 * Kinds of drops and pastes, which VS Code's settings `editor.pasteAs.preferences` and `editor.dropIntoEditor.preferences`
 * name.
 */

/** A document becomes what a file of another tool means. */
export const IMPORT_KIND = DocumentDropOrPasteEditKind.Empty.append(LANGUAGE, 'import');

/** A schedule or parameters become a part of a document. */
export const KEYFRAMES_KIND = DocumentDropOrPasteEditKind.Empty.append(LANGUAGE, 'keyframes');

/** A file of another tool is opened as a document of its own. */
export const OPEN_KIND = DocumentDropOrPasteEditKind.Empty.append(LANGUAGE, 'open');

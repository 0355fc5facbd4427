import { CompletionItemKind } from 'vscode-languageserver';
import type { TextSpan } from '../../../grammar/problem.ts';
import type { FileKind } from '../../../grammar/settings/about.ts';
import { ANIMATION_ENDING, IMAGE_ENDING, VIDEO_ENDING } from '../../../plan/input-endings.ts';
import { MODEL_ENDING } from '../../../plan/model.ts';
import type { FolderEntry } from '../../hosts/server-host.ts';
import { yamlScalar } from '../../yaml-scalar.ts';
import type { Suggestion } from './suggestion.ts';

/** Most files and folders in a list. The client asks again after each character, which narrows it. */
const MOST_ITEMS = 200;

/** The files that a setting can name. */
const FILES: Readonly<Record<FileKind, (name: string) => boolean>> = {
  checkpoint: (name) => MODEL_ENDING.test(name),
  'text-encoder': (name) => MODEL_ENDING.test(name),
  vae: (name) => MODEL_ENDING.test(name),
  'motion-module': (name) => MODEL_ENDING.test(name),
  controlnet: (name) => MODEL_ENDING.test(name),
  image: (name) => IMAGE_ENDING.test(name),
  video: (name) => VIDEO_ENDING.test(name) || ANIMATION_ENDING.test(name),
  'image-folder': () => false,
  'image-or-folder': (name) => IMAGE_ENDING.test(name),
  travel: (name) => /\.travel$/i.test(name),
};

/** `frame2` comes before `frame10`. */
const BY_NAME = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** A path that is being written. */
export interface WrittenPath {
  /** The quotation mark that it begins with; '' for none. */
  readonly quote: '"' | "'" | '';
  /** Up to the last slash, which is included; '' for the document's folder. */
  readonly folder: string;
  /** The rest, up to the cursor. */
  readonly name: string;
  /** What is replaced: not a closing quotation mark, so that the cursor stays before it. */
  readonly span: TextSpan;
  readonly isClosed: boolean;
  readonly inFlow: boolean;
}

/**
 * The path before the cursor.
 *
 * @param span of the whole value
 * @returns null if a quotation mark closes it before the cursor
 */
export function writtenPath(text: string, span: TextSpan, offset: number, inFlow: boolean): WrittenPath | null {
  const before = text.slice(span.start, offset);
  const [, quote = '', inside = ''] = /^(["']?)(.*)$/s.exec(before) ?? [];
  const isQuote = quote === '"' || quote === "'";
  if (isQuote && inside.replace(/\\.|''/g, '').includes(quote)) return null;
  const isClosed = isQuote && text.slice(offset, span.end).trimEnd().endsWith(quote);
  const closing = isClosed ? text.slice(offset, span.end).length - text.slice(offset, span.end).lastIndexOf(quote) : 0;
  const path = quote === '"' ? inside.replace(/\\(.)/g, '$1') : quote === "'" ? inside.replaceAll("''", "'") : inside;
  const slash = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
  return {
    quote: isQuote ? quote : '',
    folder: path.slice(0, slash),
    name: path.slice(slash),
    span: { start: span.start, end: span.end - closing },
    isClosed,
    inFlow,
  };
}

/**
 * The files that a setting can name, and folders, in the order of an explorer.
 *
 * @param own name of the document, which does not extend itself
 */
export function pathItems(
  kind: FileKind,
  written: WrittenPath,
  entries: readonly FolderEntry[],
  own: string,
): Suggestion[] {
  const fitting = entries.filter(
    ({ name, isFolder }) =>
      isFolder || (FILES[kind](name) && (written.folder !== '' || kind !== 'travel' || name !== own)),
  );
  const start = written.name.toLowerCase();
  const near =
    fitting.length > MOST_ITEMS ? fitting.filter(({ name }) => name.toLowerCase().startsWith(start)) : fitting;
  return near
    .sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || BY_NAME.compare(a.name, b.name))
    .slice(0, MOST_ITEMS)
    .map(({ name, isFolder }): Suggestion => {
      // A folder of images is complete without a slash; others go on with what is in them.
      const goesOn = isFolder && kind !== 'image-folder';
      const text = asWritten(`${written.folder}${name}${goesOn ? '/' : ''}`, written, goesOn);
      return {
        label: isFolder ? `${name}/` : name,
        kind: isFolder ? CompletionItemKind.Folder : CompletionItemKind.File,
        filter: `${written.quote}${written.folder}${name}`,
        text,
        opensNext: goesOn,
      };
    });
}

/** @param goesOn whether the path is not complete yet, so that an open quotation mark stays open */
function asWritten(path: string, { quote, isClosed, inFlow }: WrittenPath, goesOn: boolean): string {
  const close = isClosed || goesOn ? '' : quote;
  if (quote === '"') return `"${path.replace(/["\\]/g, '\\$&')}${close}`;
  if (quote === "'") return `'${path.replaceAll("'", "''")}${close}`;
  return yamlScalar(path, inFlow);
}

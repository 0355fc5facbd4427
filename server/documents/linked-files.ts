import { TextDocument } from 'vscode-languageserver-textdocument';
import { namesIn } from '../../grammar/clip/definitions.ts';
import { parseTravel } from '../../grammar/language.ts';
import { readSettings, type SettingSpan } from '../../grammar/settings/read.ts';
import type { TravelDocument } from '../../grammar/syntax/document.ts';
import type { TravelFiles } from '../hosts/server-host.ts';
import { nextSlice } from '../time-slices.ts';
import { normalUri } from './relative-uri.ts';

/** A `.travel` file, as far as its names are concerned. */
export interface NamedFile {
  readonly uri: string;
  readonly document: TravelDocument;
  /** Where it sets its settings. */
  readonly spans: ReadonlyMap<string, SettingSpan>;
  readonly lines: Pick<TextDocument, 'positionAt'>;
}

/** The files in which a name has one meaning, because they extend one another. */
export interface LinkedFiles {
  /** Includes the file that was asked for. */
  readonly files: readonly NamedFile[];
  /** Whether every file that may belong to them was found. */
  readonly isComplete: boolean;
}

/** How many files may extend one another, as in the language. */
const LONGEST_CHAIN = 32;

/** An open document, with changes that may not be saved. */
interface OpenText {
  readonly uri: string;
  readonly text: string;
}

/**
 * The files that share a name with one of them: from the furthest file that it extends and whose settings mention the
 * name, all files that extend that one, directly or through others. Open documents count with their unsaved text.
 */
export async function linkedFiles(
  uri: string,
  name: string,
  open: readonly OpenText[],
  disk: TravelFiles,
): Promise<LinkedFiles> {
  const { uris, isComplete } = await disk.list(uri);
  const sources = new Sources(open, disk);
  const start = normalUri(uri);
  let top = start;
  for (const ancestor of await sources.chain(uri)) if (await sources.mentions(ancestor, name)) top = ancestor;
  const files: NamedFile[] = [];
  const candidates = new Map(
    [...uris, ...open.map((document) => document.uri), uri, top].map((each) => [normalUri(each), each]),
  );
  for (const [key, candidate] of candidates) {
    await nextSlice();
    const isLinked = key === top || (await sources.chain(candidate)).includes(top);
    const file = isLinked ? await sources.file(candidate) : null;
    if (file) files.push(file);
  }
  return { files, isComplete };
}

/** The newest texts of files, by their normalized URI, read once. */
class Sources {
  readonly #open: ReadonlyMap<string, OpenText>;
  readonly #disk: TravelFiles;
  readonly #files = new Map<string, Promise<NamedFile | null>>();

  constructor(open: readonly OpenText[], disk: TravelFiles) {
    this.#open = new Map(open.map((document) => [normalUri(document.uri), document]));
    this.#disk = disk;
  }

  file(uri: string): Promise<NamedFile | null> {
    const key = normalUri(uri);
    const known = this.#files.get(key) ?? this.#read(key, uri);
    this.#files.set(key, known);
    return known;
  }

  async #read(key: string, uri: string): Promise<NamedFile | null> {
    const open = this.#open.get(key);
    const text = open?.text ?? (await this.#disk.read(uri));
    return text === null ? null : namedFile(open?.uri ?? uri, text);
  }

  /** The files that a file extends, the nearest first, by their normalized URIs. */
  async chain(uri: string): Promise<string[]> {
    const chain: string[] = [];
    let from = uri;
    for (let file = await this.file(from); file && chain.length < LONGEST_CHAIN; file = await this.file(from)) {
      const written = extendsOf(file);
      const next = written === undefined ? null : this.#disk.resolve(from, written);
      if (next === null || chain.includes(normalUri(next)) || normalUri(next) === normalUri(uri)) break;
      chain.push(normalUri(next));
      from = next;
    }
    return chain;
  }

  /** Whether the settings of a file define or use a name. */
  async mentions(uri: string, name: string): Promise<boolean> {
    const file = await this.file(uri);
    const { start, end } = file?.document.frontMatter?.yaml ?? { start: 0, end: 0 };
    return (
      (file?.spans.has(`define.${name}`) ?? false) ||
      namesIn(file?.document.text.slice(start, end) ?? '').some((use) => use.name === name)
    );
  }
}

function namedFile(uri: string, text: string): NamedFile {
  const document = parseTravel(text);
  return { uri, document, spans: settingsOf(document).spans, lines: TextDocument.create(uri, 'travel', 0, text) };
}

function settingsOf({ text, frontMatter }: TravelDocument) {
  const { start, end } = frontMatter?.yaml ?? { start: 0, end: 0 };
  return readSettings(text.slice(start, end), start);
}

function extendsOf({ document, spans }: NamedFile): string | undefined {
  return spans.has('extends') ? settingsOf(document).settings.extends : undefined;
}

import type { ExchangeFormat, FormatName, Source } from './format.ts';
import { FORMATS, formatNamed } from './formats.ts';
import { isList, isMap } from './json.ts';
import { ImportError, type Note, note } from './notes.ts';
import { jsonError, parsed } from './read/json-source.ts';
import { writeTravel } from './write-travel.ts';

export interface Imported {
  readonly format: FormatName;
  /** A formatted `.travel` file. */
  readonly travel: string;
  readonly notes: readonly Note[];
}

export interface ImportOptions {
  /** null: detected from the contents. */
  readonly format?: FormatName | null | undefined;
}

/**
 * Converts text of another tool to a `.travel` file.
 *
 * @param sources the text of a file, or the texts in an image or video, the most meaningful ones first
 * @throws ImportError with one sentence
 */
export function importTravel(sources: readonly Source[], options: ImportOptions = {}): Imported {
  const { source, format, notes } = found(sources, options.format ?? null);
  const read = format.read(source);
  return {
    format: format.name,
    travel: 'travel' in read ? read.travel : writeTravel(read.clip),
    notes: [...notes, ...read.notes],
  };
}

/** Metadata by how exactly it says what was rendered: our own record, then what ComfyUI ran, then what it shows. */
const FIELDS = ['travel', 'prompt', 'parameters', 'workflow'];

interface Found {
  readonly source: Source;
  readonly format: ExchangeFormat;
  /** Of other texts, which cannot be read. */
  readonly notes: readonly Note[];
}

function found(sources: readonly Source[], forced: FormatName | null): Found {
  const ordered = sources
    .map((source) => ({ ...source, text: source.text.replace(/^\uFEFF/, '') }))
    .filter(({ text }) => text.trim() !== '')
    .sort((a, b) => rank(a) - rank(b));
  const [first] = ordered;
  if (first === undefined) throw new ImportError('no-metadata', 'There is no text in it to import.');
  if (forced !== null) {
    const format = formatNamed(forced);
    return { source: ordered.find((source) => format.detect(source)) ?? first, format, notes: [] };
  }
  if (HTML.test(first.text)) {
    throw new ImportError(
      'unknown-format',
      'This is an HTML page, not a file of a known tool. Save the image or the text that it shows.',
    );
  }
  const damaged: string[] = [];
  for (const source of ordered) {
    const format = FORMATS.find(({ detect, name }) => name !== 'a1111-prompt' && detect(source));
    if (format) return { source, format, notes: damaged.map((message) => note('damaged', message)) };
    const message = damage(source);
    if (message !== null) damaged.push(message);
  }
  const [reason] = damaged;
  if (reason !== undefined) throw new ImportError('invalid', reason);
  // Other metadata of an image is not a prompt.
  const bare = ordered.find(({ field }) => field === undefined || field === 'parameters');
  if (!bare) {
    throw new ImportError(
      'no-metadata',
      `There are no parameters of A1111 and no ComfyUI workflow in its metadata, which has only: ${ordered.map(({ field }) => field).join(', ')}.`,
    );
  }
  refuseBroken(bare);
  return { source: bare, format: formatNamed('a1111-prompt'), notes: [] };
}

const rank = ({ field }: Source) =>
  field !== undefined && FIELDS.includes(field) ? FIELDS.indexOf(field) : FIELDS.length;

/** The start of a page, as browsers save it. */
const HTML = /^\s*<(?:!doctype\s+html|html|head|body)\b/i;

/** What is wrong with a workflow in the metadata of an image or video; null if it can be read. */
function damage(source: Source): string | null {
  const { field, text } = source;
  if ((field !== 'prompt' && field !== 'workflow') || !/^\s*\{/.test(text)) return null;
  const reason = jsonError(source);
  return reason && `The text “${field}” in its metadata, a ComfyUI workflow, is damaged. ${reason.message}`;
}

/** JSON of no known kind, or that cannot be read, is not a prompt. */
function refuseBroken(source: Source): void {
  const json = parsed(source);
  const isJson = json?.repairs.size === 0 && (isMap(json.value) || isList(json.value));
  if (!isJson && !/^\s*(?:\{\s*["'“]|\[\s*[{["])/.test(source.text)) return;
  // What cannot be read says where.
  parsed(source, true);
  throw new ImportError(
    'unknown-format',
    'This is JSON of no known format: it has no prompts of A1111, animatediff-cli, ComfyUI, FizzNodes or Deforum.',
  );
}

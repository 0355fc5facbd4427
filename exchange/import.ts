import type { FormatName, ReadOptions, Source } from './format.ts';
import { FORMATS, formatNamed } from './formats.ts';
import { ImportError, type Note } from './notes.ts';
import { parsed } from './read/json-source.ts';
import { writeTravel } from './write-travel.ts';

export interface Imported {
  readonly format: FormatName;
  /** A formatted `.travel` file. */
  readonly travel: string;
  readonly notes: readonly Note[];
}

export interface ImportOptions extends ReadOptions {
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
  const [source, format] = found(sources, options.format ?? null);
  const read = format.read(source, options);
  return {
    format: format.name,
    travel: 'travel' in read ? read.travel : writeTravel(read.clip),
    notes: read.notes,
  };
}

/** Metadata by how exactly it says what was rendered: our own record, then what ComfyUI ran, then what it shows. */
const FIELDS = ['travel', 'prompt', 'parameters', 'workflow'];

function found(sources: readonly Source[], forced: FormatName | null) {
  const ordered = sources
    .map((source) => ({ ...source, text: source.text.replace(/^\uFEFF/, '') }))
    .filter(({ text }) => text.trim() !== '')
    .sort((a, b) => rank(a) - rank(b));
  const [first] = ordered;
  if (first === undefined) throw new ImportError('no-metadata', 'There is no text in it to import.');
  if (forced !== null) {
    const format = formatNamed(forced);
    return [ordered.find((source) => format.detect(source)) ?? first, format] as const;
  }
  for (const source of ordered) {
    const format = FORMATS.find(({ detect, name }) => name !== 'a1111-prompt' && detect(source));
    if (format) return [source, format] as const;
  }
  // Other metadata of an image is not a prompt.
  const bare = ordered.find(({ field }) => field === undefined || field === 'parameters');
  if (!bare) {
    throw new ImportError(
      'no-metadata',
      `There are no parameters of A1111 and no ComfyUI workflow in its metadata, which has only: ${ordered.map(({ field }) => field).join(', ')}.`,
    );
  }
  refuseBroken(bare);
  return [bare, formatNamed('a1111-prompt')] as const;
}

const rank = ({ field }: Source) =>
  field !== undefined && FIELDS.includes(field) ? FIELDS.indexOf(field) : FIELDS.length;

/** JSON of no known kind, or that cannot be read, is not a prompt. */
function refuseBroken(source: Source): void {
  if (!/^\s*(?:\{\s*["'“]|\[\s*[{["])/.test(source.text)) return;
  // What cannot be read says where.
  parsed(source, true);
  throw new ImportError(
    'unknown-format',
    'This is JSON of no known format: it has no prompts of A1111, animatediff-cli, ComfyUI, FizzNodes or Deforum.',
  );
}

import { fencedBlocks, withoutFence } from '../grammar/pasted/fences.ts';
import { withEffectiveSettings } from './effective-settings.ts';
import type { ClipOption, ExchangeFormat, FormatName, ReadClip, ReadOptions, Source } from './format.ts';
import { FORMATS, formatNamed } from './formats.ts';
import { isMap } from './json.ts';
import { ImportError, type Note, note } from './notes.ts';
import { refuseLists, refuseOtherKinds } from './other-kinds.ts';
import { withPossibleValues } from './possible-values.ts';
import { jsonError, parsed } from './read/json-source.ts';
import { travel } from './read/travel.ts';
import { withTidyKeyframes } from './tidy-keyframes.ts';
import { withPreprocessorNotes } from './unavailable-preprocessors.ts';
import { inWholeBlocks } from './whole-blocks.ts';
import { writeTravel } from './write-travel.ts';

export interface Imported {
  readonly format: FormatName;
  /** A formatted `.travel` file. */
  readonly travel: string;
  readonly notes: readonly Note[];
  /** All clips of a source that makes several, the one that is taken without a choice first; empty if there is one. */
  readonly clips: readonly ClipOption[];
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
  const { bare, notes: fenceNotes } = withoutFences(sources);
  const { source, format, notes: foundNotes } = found(bare, options.format ?? null);
  const notes = [...fenceNotes, ...foundNotes];
  const read = format.read(source, options);
  if ('travel' in read)
    return { format: format.name, travel: read.travel, notes: [...notes, ...read.notes], clips: [] };
  const { clip, notes: own } = imported(read);
  return { format: format.name, travel: writeTravel(clip), notes: [...notes, ...own], clips: read.clips ?? [] };
}

/** Files without the marks of Markdown around them. */
function withoutFences(sources: readonly Source[]): {
  readonly bare: readonly Source[];
  readonly notes: readonly Note[];
} {
  const bare = sources.map((source) =>
    source.field === undefined && !travel.detect(source) ? { ...source, text: withoutFence(source.text) } : source,
  );
  const isChanged = bare.some(({ text }, i) => text !== sources[i]!.text);
  if (isChanged) return { bare, notes: [note('repaired', 'The Markdown marks around the text (```) were removed.')] };
  const [file] = bare;
  const block = file && file.field === undefined ? blockIn(file.text) : null;
  if (block === null) return { bare, notes: [] };
  const message = 'The text is a page with a block of code (```), which was imported. The text around it is left out.';
  return { bare: [{ text: block }], notes: [note('repaired', message)] };
}

/** Blocks of code of a page: more than an answer in a chat has, and few enough to be compared with each format. */
const MOST_BLOCKS = 1000;

/**
 * The block of code of another tool in a page of Markdown, such as an answer in a chat; null if there is none.
 *
 * @throws ImportError if there are several, or too many to look at
 */
function blockIn(text: string): string | null {
  if (travel.detect({ text })) return null;
  const all = fencedBlocks(text).filter((block) => block.trim() !== '');
  if (all.length > MOST_BLOCKS) {
    const message = `This is a page with ${all.length} blocks of code; the limit is ${MOST_BLOCKS}. Save the one to import as a file of its own.`;
    throw new ImportError('too-large', message);
  }
  const blocks = all.filter((block) => foundIn(block));
  if (blocks.length > 1) {
    const message = `This is a page with ${blocks.length} blocks of code that can be imported; save the one to import as a file of its own.`;
    throw new ImportError('unknown-format', message);
  }
  return blocks[0] ?? null;
}

/** Whether a text has a format that not every text has. */
const foundIn = (text: string): boolean =>
  FORMATS.some(({ detect, name }) => name !== 'a1111-prompt' && detect({ text }));

/** What every format needs before it is written. */
const imported = (read: ReadClip): ReadClip =>
  withPreprocessorNotes(withEffectiveSettings(withTidyKeyframes(withPossibleValues(inWholeBlocks(read)))));

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
    return { source: sourceFor(format, ordered), format, notes: [] };
  }
  refuseOtherKinds(first.text);
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
  refuseLists(bare.text);
  return { source: bare, format: formatNamed('a1111-prompt'), notes: [] };
}

/** Metadata that holds one format only. */
const OWNERS: Readonly<Record<string, FormatName>> = { travel: 'travel', prompt: 'comfy', workflow: 'comfy' };
/** Metadata that may be a prompt, if somebody says so. */
const PROMPT_FIELDS: ReadonlySet<string> = new Set(['parameters', 'comment']);
/** Formats that any text can have. */
const TEXT_FORMATS: ReadonlySet<FormatName> = new Set(['infotext', 'a1111-prompt']);

/** What is read as a format that somebody chose: a whole file, or the metadata that has it. */
function sourceFor(format: ExchangeFormat, ordered: readonly Source[]): Source {
  const { name, detect } = format;
  const isText = TEXT_FORMATS.has(name);
  const files = ordered.filter(({ field }) => field === undefined);
  const fields = ordered.filter((source) => {
    const { field } = source;
    if (field === undefined || (OWNERS[field] ?? name) !== name) return false;
    return !isText || !isMap(parsed(source)?.value);
  });
  const isPrompt = ({ field = '' }: Source) => PROMPT_FIELDS.has(field);
  const source =
    files.find(detect) ??
    fields.find((one) => detect(one) && (name !== 'a1111-prompt' || isPrompt(one))) ??
    files[0] ??
    (isText ? fields.find(isPrompt) : undefined);
  if (source) return source;
  const [reason] = fields.map(damage).filter((message) => message !== null);
  if (reason !== undefined) throw new ImportError('invalid', reason);
  throw new ImportError(
    'no-metadata',
    `There is no text of the format ${name} in its metadata, which has only: ${ordered.map(({ field }) => field).join(', ')}.`,
  );
}

const rank = ({ field }: Source) =>
  field !== undefined && FIELDS.includes(field) ? FIELDS.indexOf(field) : FIELDS.length;

/** What is wrong with a workflow in the metadata of an image or video; null if it can be read. */
function damage(source: Source): string | null {
  const { field, text } = source;
  if ((field !== 'prompt' && field !== 'workflow') || !/^\s*\{/.test(text)) return null;
  const reason = jsonError(source);
  return reason && `The text “${field}” in its metadata, a ComfyUI workflow, is damaged. ${reason.message}`;
}

/** A choice of Dynamic Prompts, as `{"open"|"closed"} sign`. */
const QUOTED_CHOICE = /^\s*\{\s*["'“][^"'”\n]{0,200}["'”]\s*\|/;

/** JSON of no known kind, or that cannot be read, is not a prompt. */
function refuseBroken(source: Source): void {
  const json = parsed(source);
  // Text in quotes may be a prompt.
  const isJson = json?.repairs.size === 0 && typeof json.value !== 'string';
  if (!isJson && (!/^\s*(?:\{\s*["'“]|\[\s*[{["])/.test(source.text) || QUOTED_CHOICE.test(source.text))) return;
  // What cannot be read says where.
  parsed(source, true);
  throw new ImportError(
    'unknown-format',
    'This is JSON of no known format: it has no prompts of A1111, animatediff-cli, ComfyUI, FizzNodes or Deforum.',
  );
}

import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { makeFolder } from '../disk/make-folder.ts';
import { writeFileWhole } from '../disk/replace-file.ts';
import { isText } from '../exchange/decode.ts';
import { FORMAT_NAMES, type FormatName } from '../exchange/format.ts';
import { type Imported, importTravel } from '../exchange/import.ts';
import { ImportError, type Note } from '../exchange/notes.ts';
import { type FileSources, MOST_TEXT_BYTES, sourcesOf, textSources, tooLarge } from '../exchange/sources.ts';
import { importableFile } from '../rendering/importable-file.ts';
import type { LocalEngine } from '../rendering/local-engine.ts';
import { EXIT, type ExitCode, UsageError } from './exit-code.ts';
import { asWritten, readAll, readStdin, STDIN, statNamed } from './input.ts';
import { newEngine } from './installation.ts';
import { numberedImages } from './numbered-images.ts';
import { expandPattern } from './patterns.ts';
import { print, printError, printJson, printVerbatim } from './print.ts';

interface ImportFlags {
  readonly format?: FormatName;
  readonly out?: string;
  readonly json?: true;
}

const HELP = `
The format is detected from the contents: A1111's generation parameters in PNG, JPEG, WebP, GIF, MP4, WebM and text files,
A1111 prompts and API requests, ComfyUI workflows, animatediff-cli configurations, schedules of FizzNodes and
AnimateDiff-Evolved, and Deforum settings. What cannot be carried over is listed on standard error.

Examples:
  travel import image.png > image.travel
  travel import *.json --out clips      a .travel file for each, in a folder that is made if it is missing
  travel import workflow.json --json    an array of {file, format, travel, notes: [{key, severity, message}]}, or of
                                        {file, error} for a file that cannot be opened or understood
  travel import - < prompt.txt`;

export function addImport(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('import')
    .summary('convert files of other tools')
    .description('Convert files of A1111, ComfyUI, animatediff-cli, FizzNodes and Deforum to .travel files.')
    .argument('<file...>', 'files of other tools, or patterns such as "*.json"; - is standard input')
    .addOption(new Option('--format <format>', 'read the files as this format').choices(FORMAT_NAMES))
    .option('--out <folder>', 'write a .travel file for each file into this folder')
    .option('--json', 'print one array with the results')
    .addHelpText('after', HELP)
    .action(async (files: string[], flags: ImportFlags) => finish(await importFiles(files, flags)));
}

type Result =
  | { readonly file: string; readonly format: FormatName; readonly travel: string; readonly notes: readonly Note[] }
  | { readonly file: string; readonly error: string };

async function importFiles(patterns: readonly string[], flags: ImportFlags): Promise<ExitCode> {
  if (flags.json && flags.out !== undefined) throw new UsageError('--json and --out cannot be used together.');
  const found = (await Promise.all(patterns.map(filesOf))).flat();
  const isOne = found.length === 1 && !flags.json;
  if (isOne && found[0]!.error !== null) throw found[0]!.error;
  if (!isOne && !flags.json && flags.out === undefined) {
    throw new UsageError('To import several files, add --out or --json.');
  }
  if (flags.out !== undefined) await makeOutputFolder(flags.out);
  // Images and videos are read in the engine's process, which is started for the first one.
  let engine: LocalEngine | undefined;
  const started = () => {
    engine ??= newEngine();
    return engine;
  };
  const results: Result[] = [];
  try {
    for (const { file, error } of found) {
      // Of several files, the others are imported all the same.
      const result = error ?? (await importOne(file, flags, started).catch(usageError));
      if (result instanceof UsageError && isOne) throw result;
      results.push(result instanceof UsageError ? { file: shownName(file), error: result.message } : result);
    }
  } finally {
    engine?.stop();
  }
  let isWhole = results.every((result) => !('error' in result));
  if (flags.json) printJson(results);
  else {
    const written = new Set<string>();
    for (const result of results) isWhole = (await show(result, flags.out, written)) && isWhole;
  }
  return isWhole ? EXIT.done : EXIT.fileHasErrors;
}

interface Found {
  readonly file: string;
  /** Why there is no such file. */
  readonly error: UsageError | null;
}

async function filesOf(pattern: string): Promise<Found[]> {
  try {
    return (await expandPattern(pattern)).map((file) => ({ file, error: null }));
  } catch (error) {
    return [{ file: pattern, error: usageError(error) }];
  }
}

/** @throws what is another error */
function usageError(error: unknown): UsageError {
  if (error instanceof UsageError) return error;
  throw error;
}

const shownName = (file: string) => (file === '-' ? STDIN : file);

async function makeOutputFolder(path: string): Promise<void> {
  if (path === '') throw new UsageError('The folder after --out is empty. Write its name.');
  await makeFolder(resolve(path)).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      error.code === 'EEXIST' || error.code === 'ENOTDIR'
        ? `${path} is not a folder. Write the folder for the .travel files after --out.`
        : `${path} cannot be made: ${asWritten(error.message, path)}. Check the permissions of the folder.`,
    );
  });
}

async function importOne(file: string, { format }: ImportFlags, engine: () => LocalEngine): Promise<Result> {
  const shown = shownName(file);
  try {
    const { sources, notes } = await fileSources(file, engine);
    const imported: Imported = importTravel(sources, { format, images: numberedImages(file) });
    return { file: shown, format: imported.format, travel: imported.travel, notes: [...notes, ...imported.notes] };
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return { file: shown, error: error.message };
  }
}

/**
 * @param written names of files of this command, which is added to
 * @returns whether the file was understood and written
 */
async function show(result: Result, out: string | undefined, written: Set<string>): Promise<boolean> {
  if ('error' in result) {
    printError(`${result.file}: error: ${result.error}`);
    return false;
  }
  if (out === undefined) printVerbatim(result.travel);
  else {
    const name = result.file === STDIN ? 'stdin' : basename(result.file, extname(result.file));
    const path = join(out, `${unusedName(name, written)}.travel`);
    const reason = await writeNew(path, result.travel);
    if (reason !== null) {
      printError(`${result.file}: error: ${reason}`);
      return false;
    }
    print(path);
  }
  for (const { key, severity, message } of result.notes) printError(`${result.file}: ${severity}: ${message} [${key}]`);
  return true;
}

/** The name, with a number if another file of this command has it. */
function unusedName(name: string, written: Set<string>): string {
  let unused = name;
  // Some disks ignore case.
  for (let i = 2; written.has(unused.toLowerCase()); i++) unused = `${name}-${i}`;
  written.add(unused.toLowerCase());
  return unused;
}

/** A file that exists is somebody's work. @returns why it was not written; null if it was */
async function writeNew(path: string, text: string): Promise<string | null> {
  const exists = await open(path).then(
    async (handle) => {
      await handle.close();
      return true;
    },
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  if (exists) return `${path} exists already. Remove it, or choose another folder with --out.`;
  return writeFileWhole(path, text).then(
    () => null,
    (error: Error) =>
      `${path} cannot be written: ${asWritten(error.message, path)}. Check the permissions of the folder.`,
  );
}

const STREAM = { bytes: MOST_TEXT_BYTES, error: tooLarge };

async function fileSources(file: string, engine: () => LocalEngine): Promise<FileSources> {
  if (file === '-') return fromStream(await readStdin(STREAM), engine);
  const info = await statNamed(file);
  if (info.isDirectory()) throw new UsageError(`${file} is a folder. Write the files in it: ${file}/*`);
  // A pipe, such as that of <(…), can be read once, from its start.
  if (!info.isFile()) return fromStream(await readAll(createReadStream(file), file, STREAM), engine);
  try {
    return await sourcesOf(await importableFile(resolve(file), engine));
  } catch (error) {
    if (error instanceof ImportError) throw new ImportError(error.kind, asWritten(error.message, file));
    if (!(error instanceof Error)) throw error;
    throw new UsageError(`${file} cannot be read: ${asWritten(error.message, file)}.`);
  }
}

async function fromStream(bytes: Buffer, engine: () => LocalEngine): Promise<FileSources> {
  if (isText(bytes)) return textSources(bytes);
  // The engine's process reads files.
  const folder = await mkdtemp(join(tmpdir(), 'travel-import-'));
  const path = join(folder, 'stream');
  try {
    await writeFile(path, bytes);
    return await sourcesOf(await importableFile(path, engine));
  } catch (error) {
    if (error instanceof ImportError) throw new ImportError(error.kind, error.message.replaceAll(path, STDIN));
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

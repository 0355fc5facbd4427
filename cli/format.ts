import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { replaceFile } from '../disk/replace-file.ts';
import { effectiveSettings } from '../grammar/clip/effective-settings.ts';
import { applyEdits, type FormatSettings, formatDocument } from '../grammar/format/format.ts';
import { parseTravel } from '../grammar/language.ts';
import type { TravelDocument } from '../grammar/syntax/document.ts';
import { settle } from '../library/file-environment.ts';
import { ModelLibrary } from '../library/model-library.ts';
import { printableLine } from '../rendering/printable.ts';
import { EXIT, type ExitCode, UsageError } from './exit-code.ts';
import { readTravel, type TravelText } from './input.ts';
import { packageUrl } from './installation.ts';
import { expandPattern } from './patterns.ts';
import { print, printVerbatim } from './print.ts';

interface FormatFlags {
  readonly check?: true;
  readonly write?: true;
}

const HELP = `
Formats spaces, empty lines and weights. No word of a prompt is changed, and the render stays the same. Without --write
or --check, the formatted text of one file is printed.

Examples:
  travel format --write *.travel
  travel format --check *.travel     for a commit hook: lists files that are not formatted, exit code 1
  travel format - < draft.txt`;

export function addFormat(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('format')
    .summary('format files')
    .description('Format .travel files.')
    .argument('<file...>', '.travel files, or patterns such as "**/*.travel"; - is standard input')
    .option('--write', 'change the files in place and list the changed ones')
    .option('--check', 'change nothing; list the files that are not formatted')
    .addHelpText('after', HELP)
    .action(async (files: string[], flags: FormatFlags) => finish(await format(files, flags)));
}

async function format(patterns: readonly string[], { check, write }: FormatFlags): Promise<ExitCode> {
  if (check && write) throw new UsageError('--check and --write cannot be used together.');
  if (write && patterns.includes('-'))
    throw new UsageError('Standard input cannot be changed in place. Remove --write.');
  const files = (await Promise.all(patterns.map(expandPattern))).flat();
  if (!check && !write && files.length > 1) throw new UsageError('To format several files, add --write or --check.');
  const texts: TravelText[] = [];
  for (const file of files) texts.push(await readTravel(file));

  let code: ExitCode = EXIT.done;
  for (const { shown, path, text, byteOrderMark } of texts) {
    const document = parseTravel(text);
    const formatted = applyEdits(text, formatDocument(document, { settings: await settingsOf(document, path) }));
    if (!check && !write) printVerbatim(byteOrderMark + formatted);
    if (formatted === text) continue;
    if (check) code = EXIT.fileHasErrors;
    if (write) await rewrite(shown, path, byteOrderMark + formatted);
    if (check || write) print(printableLine(shown));
  }
  return code;
}

/** Including those of extended files, which may set the dialect. */
async function settingsOf(document: TravelDocument, path: string): Promise<FormatSettings> {
  const library = await ModelLibrary.open({ modelsFolder: fileURLToPath(packageUrl('models')), roots: [] });
  const result = await settle(library, { path, wildcardFolders: [] }, (environment) =>
    effectiveSettings(document, environment, {}, parseTravel),
  );
  return result.settings;
}

async function rewrite(shown: string, path: string, text: string): Promise<void> {
  await replaceFile(path, text).catch((error: Error) => {
    throw new UsageError(
      `${shown} cannot be written: ${error.message}. Check that it exists, and the permissions of the file and its folder.`,
    );
  });
}

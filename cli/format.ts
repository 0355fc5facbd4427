import type { Command } from 'commander';
import { applyEdits, formatTravel } from '../grammar/format/format.ts';
import { EXIT, type ExitCode, UsageError } from './exit-code.ts';
import { readTravel, type TravelText } from './input.ts';
import { replaceFile } from './replace-file.ts';

interface FormatFlags {
  readonly check?: true;
  readonly write?: true;
}

const HELP = `
Blanks, blank lines and the spelling of weights are tidied; no word of a prompt is changed, and the render stays the
same. Without --write or --check, the tidied text of one file is printed.

Examples:
  travel format --write *.travel
  travel format --check *.travel     for a commit hook: names the files that are not tidy, and ends with 1
  travel format - < draft.txt`;

export function addFormat(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('format')
    .summary('tidy the layout of files')
    .description('Tidy the layout of .travel files, never a word of a prompt.')
    .argument('<file...>', '.travel files; - is standard input')
    .option('--write', 'change the files in place, and name those that were changed')
    .option('--check', 'change nothing, name the files that are not tidy')
    .addHelpText('after', HELP)
    .action(async (files: string[], flags: FormatFlags) => finish(await format(files, flags)));
}

async function format(files: readonly string[], { check, write }: FormatFlags): Promise<ExitCode> {
  if (check && write) throw new UsageError('--check changes nothing and --write does. Give one of them.');
  if (write && files.includes('-')) throw new UsageError('Standard input cannot be written. Leave --write out.');
  if (!check && !write && files.length > 1) throw new UsageError('Several files: add --write, or --check.');
  const texts: TravelText[] = [];
  for (const file of files) texts.push(await readTravel(file));

  let code: ExitCode = EXIT.done;
  for (const { shown, path, text, byteOrderMark } of texts) {
    const tidy = applyEdits(text, formatTravel(text));
    if (!check && !write) process.stdout.write(byteOrderMark + tidy);
    if (tidy === text) continue;
    if (check) code = EXIT.fileHasErrors;
    if (write) await rewrite(shown, path, byteOrderMark + tidy);
    if (check || write) process.stdout.write(`${shown}\n`);
  }
  return code;
}

async function rewrite(shown: string, path: string, text: string): Promise<void> {
  await replaceFile(path, text).catch((error: Error) => {
    throw new UsageError(
      `${shown} cannot be written: ${error.message}. Check that it is there, and who may write it and its folder.`,
    );
  });
}

import { type Command, Option } from 'commander';
import { exportTravel } from '../exchange/export.ts';
import type { Lost } from '../exchange/lost.ts';
import { TARGET_NAMES, type TargetName } from '../exchange/target.ts';
import { effectiveSettings } from '../grammar/clip/effective-settings.ts';
import { parseTravel } from '../grammar/language.ts';
import { settle } from '../library/file-environment.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { readTravel } from './input.ts';
import { openLibrary } from './installation.ts';
import { printError, printJson, printVerbatim } from './print.ts';

interface ExportFlags {
  readonly to: TargetName;
  readonly json?: true;
}

const HELP = `
Names are expanded and times become frames; holds and cuts become further keyframes. What the other tool cannot hold is
listed on standard error.

Formats: a1111-prompt: A1111’s prompt box with sd-webui-animatediff; webui-api: A1111’s API; infotext: A1111’s generation
parameters; fizz: a FizzNodes schedule; comfy-api: a ComfyUI workflow; cli: animatediff-cli-prompt-travel; deforum: Deforum.

Examples:
  travel export portrait.travel --to a1111-prompt
  travel export portrait.travel --to comfy-api > workflow.json
  travel export portrait.travel --to cli --json    {file, to, text, parts, lost: [{key, severity, message}]}`;

export function addExport(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('export')
    .summary('convert a file for another tool')
    .description('Convert a .travel file for A1111, ComfyUI, animatediff-cli, FizzNodes or Deforum.')
    .argument('<file>', 'a .travel file; - is standard input')
    .addOption(new Option('--to <format>', 'the format').choices(TARGET_NAMES).makeOptionMandatory())
    .option('--json', 'print the result, its parts and what is lost as JSON')
    .addHelpText('after', HELP)
    .action(async (file: string, flags: ExportFlags) => finish(await exportFile(file, flags)));
}

async function exportFile(file: string, { to, json }: ExportFlags): Promise<ExitCode> {
  const { shown, path, text: source } = await readTravel(file);
  const document = parseTravel(source);
  const library = await openLibrary({});
  const effective = await settle(library, { path, wildcardFolders: [] }, (environment) =>
    effectiveSettings(document, environment, {}, parseTravel),
  );
  const { text, parts, hint, lost } = exportTravel(document, effective, to);
  if (json) printJson({ file: shown, to, text, parts, lost });
  else {
    printVerbatim(text);
    if (hint !== null) printError(hint);
    for (const line of lost.map((one) => lostLine(shown, one))) printError(line);
  }
  return EXIT.done;
}

const lostLine = (shown: string, { key, severity, message }: Lost) => `${shown}: ${severity}: ${message} [${key}]`;

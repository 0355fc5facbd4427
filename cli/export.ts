import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { exportTravel } from '../exchange/export.ts';
import type { Lost } from '../exchange/lost.ts';
import { type Exported, TARGET_NAMES, type TargetName } from '../exchange/target.ts';
import { CODES_ABOUT_COMPUTER } from '../grammar/checks/about-computer.ts';
import { effectiveSettings } from '../grammar/clip/effective-settings.ts';
import { parseTravel, resolveClip } from '../grammar/language.ts';
import type { Problem } from '../grammar/problem.ts';
import { DEFAULT_WILDCARD_FOLDERS } from '../grammar/wildcards/file.ts';
import { settle } from '../library/file-environment.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { readTravel } from './input.ts';
import { openLibrary } from './installation.ts';
import { printError, printJson, printVerbatim } from './print.ts';
import { placeProblems, problemLine } from './problems.ts';

interface ExportFlags {
  readonly to: TargetName;
  readonly easingAsKeys?: true;
  readonly json?: true;
}

const HELP = `
Names are expanded and times become frames; holds and cuts become further keyframes. What the other tool cannot hold is
listed on standard error. A file with errors is exported, too, and ends with exit code 1.

Transitions such as ease are linear in the other tools. With --easing-as-keys, further keyframes come as close to them as
keyframes with one prompt each can; the difference is listed.

Formats: a1111-prompt: A1111’s prompt box with sd-webui-animatediff; webui-api: A1111’s API; infotext: A1111’s generation
parameters; fizz: a FizzNodes schedule; comfy-api: a ComfyUI workflow; cli: animatediff-cli-prompt-travel; deforum: Deforum.

Examples:
  travel export portrait.travel --to a1111-prompt
  travel export portrait.travel --to comfy-api > workflow.json
  travel export portrait.travel --to fizz --easing-as-keys
  travel export portrait.travel --to cli --json    {file, to, text, parts, hint, lost: [{key, severity, message}], errors}`;

export function addExport(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('export')
    .summary('convert a file for another tool')
    .description('Convert a .travel file for A1111, ComfyUI, animatediff-cli, FizzNodes or Deforum.')
    .argument('<file>', 'a .travel file; - is standard input')
    .addOption(new Option('--to <format>', 'the format').choices(TARGET_NAMES).makeOptionMandatory())
    .option('--easing-as-keys', 'write further keyframes for transitions such as ease')
    .option('--json', 'print the result, its parts and what is lost as JSON')
    .addHelpText('after', HELP)
    .action(async (file: string, flags: ExportFlags) => finish(await exportFile(file, flags)));
}

async function exportFile(file: string, { to, json, easingAsKeys }: ExportFlags): Promise<ExitCode> {
  const { shown, path, text: source } = await readTravel(file);
  const document = parseTravel(source);
  const library = await openLibrary({});
  const wildcardFolders = DEFAULT_WILDCARD_FOLDERS.map((folder) => resolve(dirname(path), folder));
  const { effective, problems } = await settle(library, { path, wildcardFolders }, (environment) => ({
    effective: effectiveSettings(document, environment, {}, parseTravel),
    problems: resolveClip(document, environment).problems,
  }));
  const errors = placeProblems(shown, source, problems.filter(isInText));
  const exported = exportedOf(() => exportTravel(document, effective, to, easingAsKeys ? 'keys' : 'linear'));
  if (exported === null) {
    // An error says so.
    for (const error of errors) printError(problemLine(error));
    return EXIT.fileHasErrors;
  }
  const { text, parts, hint, lost } = exported;
  if (json) printJson({ file: shown, to, text, parts, hint, lost, errors });
  else {
    printVerbatim(text);
    if (hint !== null) printError(hint);
    for (const line of lost.map((one) => lostLine(shown, one))) printError(line);
  }
  for (const error of errors) printError(problemLine(error));
  return errors.length > 0 ? EXIT.fileHasErrors : EXIT.done;
}

/** null if definitions expand to too long a prompt. */
function exportedOf(work: () => Exported): Exported | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether a problem is an error of the text itself, wherever it is rendered. */
const isInText = ({ severity, code }: Problem) => severity === 'error' && !CODES_ABOUT_COMPUTER.has(code);

const lostLine = (shown: string, { key, severity, message }: Lost) => `${shown}: ${severity}: ${message} [${key}]`;

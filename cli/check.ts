import { type Command, Option } from 'commander';
import { githubLine, sarifLog } from './check-formats.ts';
import { EXIT, type ExitCode, NotTextError, UsageError } from './exit-code.ts';
import { addPlanFlags, type PlanFlags } from './flags.ts';
import { readTravel } from './input.ts';
import { openLibrary } from './installation.ts';
import { expandPattern } from './patterns.ts';
import { type PlannedFile, planText } from './planned.ts';
import { print, printError, printJson } from './print.ts';
import { countProblems, notTextProblem, type PlacedProblem, problemLine } from './problems.ts';

interface CheckFlags extends PlanFlags {
  readonly json?: true;
  readonly format: 'text' | 'json' | 'github' | 'sarif';
  readonly plan?: true;
}

const HELP = `
Each problem is one line, file:line:column: severity: message [code], with lines and columns counted from 1.
Errors end with exit code 1; warnings do not.

Examples:
  travel check portrait.travel
  travel check *.travel --json          one array of {file, line, column, endLine, endColumn, severity, code, message}
  travel check "**/*.travel" --format github    comments in a workflow of GitHub Actions
  travel check "**/*.travel" --format sarif     a log for code scanning
  travel check portrait.travel --plan   what would be rendered: all prompts, settings and files
  git show HEAD:portrait.travel | travel check -`;

export function addCheck(program: Command, finish: (code: ExitCode) => void): void {
  addPlanFlags(program.command('check'))
    .summary('check files')
    .description('Check .travel files without rendering them.')
    .argument('<file...>', '.travel files, or patterns such as "**/*.travel"; - is standard input')
    .addOption(
      new Option('--format <format>', 'how to print the problems')
        .choices(['text', 'json', 'github', 'sarif'])
        .default('text'),
    )
    .addOption(new Option('--json', 'the same as --format json: one array').conflicts('format'))
    .addOption(new Option('--plan', 'print the plan of one file as JSON').conflicts(['format', 'json']))
    .addHelpText('after', HELP)
    .action(async (files: string[], flags: CheckFlags) => finish(await check(files, flags)));
}

async function check(patterns: readonly string[], flags: CheckFlags): Promise<ExitCode> {
  const format = flags.json ? 'json' : flags.format;
  const unread: UsageError[] = [];
  const files: string[] = [];
  for (const pattern of patterns) {
    try {
      for (const file of await expandPattern(pattern)) files.push(file);
    } catch (error) {
      if (error instanceof UsageError) unread.push(error);
      else throw error;
    }
  }
  if (flags.plan && files.length > 1) throw new UsageError('--plan prints the plan of one file. Give one file.');
  const library = await openLibrary(flags);
  const planned: Pick<PlannedFile, 'plan' | 'problems'>[] = [];
  for (const file of files) {
    try {
      planned.push(await planText(await readTravel(file), library, flags));
    } catch (error) {
      if (error instanceof UsageError) unread.push(error);
      else if (error instanceof NotTextError) planned.push({ plan: null, problems: [notTextProblem(error)] });
      else throw error;
    }
  }
  const problems = planned.flatMap((file) => file.problems);
  if (flags.plan) {
    for (const line of problems.map(problemLine)) printError(line);
    const plan = planned[0]?.plan;
    if (plan) printJson(plan);
  } else printProblems(problems, format, unread);
  for (const { message } of unread) printError(message);
  if (format === 'text' && !flags.plan && planned.length > 0) {
    printError(`${planned.length === 1 ? '1 file' : `${planned.length} files`}: ${countProblems(problems)}`);
  }
  if (unread.length > 0) return EXIT.wrongUsage;
  return problems.some(({ severity }) => severity === 'error') ? EXIT.fileHasErrors : EXIT.done;
}

function printProblems(
  problems: readonly PlacedProblem[],
  format: CheckFlags['format'],
  unread: readonly UsageError[],
): void {
  switch (format) {
    case 'text':
      for (const problem of problems) print(problemLine(problem));
      break;
    case 'github':
      for (const problem of problems) print(githubLine(problem));
      break;
    case 'json':
      printJson(problems);
      break;
    case 'sarif': {
      const reasons = unread.map(({ message }) => message);
      printJson(sarifLog(problems, reasons));
    }
  }
}

import type { Command } from 'commander';
import { EXIT, type ExitCode, NotTextError, UsageError } from './exit-code.ts';
import { addPlanFlags, type PlanFlags } from './flags.ts';
import { readTravel } from './input.ts';
import { openLibrary } from './installation.ts';
import { expandPattern } from './patterns.ts';
import { type PlannedFile, planText } from './planned.ts';
import { print, printError, printJson } from './print.ts';
import { countProblems, notTextProblem, problemLine } from './problems.ts';

interface CheckFlags extends PlanFlags {
  readonly json?: true;
  readonly plan?: true;
}

const HELP = `
Each problem is one line, file:line:column: severity: message [code], with lines and columns counted from 1.
Errors end with exit code 1; warnings do not.

Examples:
  travel check portrait.travel
  travel check *.travel --json          one array of {file, line, column, endLine, endColumn, severity, code, message}
  travel check portrait.travel --plan   what would be rendered: all prompts, settings and files
  git show HEAD:portrait.travel | travel check -`;

export function addCheck(program: Command, finish: (code: ExitCode) => void): void {
  addPlanFlags(program.command('check'))
    .summary('check files')
    .description('Check .travel files without rendering them.')
    .argument('<file...>', '.travel files, or patterns such as "**/*.travel"; - is standard input')
    .option('--json', 'print the problems as one JSON array')
    .option('--plan', 'print the plan of one file as JSON')
    .addHelpText('after', HELP)
    .action(async (files: string[], flags: CheckFlags) => finish(await check(files, flags)));
}

async function check(patterns: readonly string[], flags: CheckFlags): Promise<ExitCode> {
  if (flags.plan && flags.json) throw new UsageError('--plan and --json both print JSON. Give one of them.');
  const unread: UsageError[] = [];
  const files: string[] = [];
  for (const pattern of patterns) {
    try {
      files.push(...(await expandPattern(pattern)));
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
  const lines = problems.map(problemLine);
  if (flags.plan) {
    for (const line of lines) printError(line);
    const plan = planned[0]?.plan;
    if (plan) printJson(plan);
  } else if (flags.json) printJson(problems);
  else for (const line of lines) print(line);
  for (const { message } of unread) printError(message);
  if (!flags.json && !flags.plan && planned.length > 0) {
    printError(`${planned.length === 1 ? '1 file' : `${planned.length} files`}: ${countProblems(problems)}`);
  }
  if (unread.length > 0) return EXIT.wrongUsage;
  return problems.some(({ severity }) => severity === 'error') ? EXIT.fileHasErrors : EXIT.done;
}

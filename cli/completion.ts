import { Argument, type Command } from 'commander';
import { bashScript } from './completion/bash.ts';
import { type DescribedProgram, describeProgram } from './completion/described.ts';
import { fishScript } from './completion/fish.ts';
import { powershellScript } from './completion/powershell.ts';
import { zshScript } from './completion/zsh.ts';
import { printVerbatim } from './print.ts';

const SCRIPTS = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
} as const satisfies Readonly<Record<string, (program: DescribedProgram) => string>>;

const HELP = `
Examples:
  eval "$(travel completion bash)"      in ~/.bashrc
  eval "$(travel completion zsh)"       in ~/.zshrc, after compinit
  travel completion fish > ~/.config/fish/completions/travel.fish
  travel completion powershell | Out-String | Invoke-Expression      in $PROFILE`;

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .summary('print a script for Tab completion')
    .description('Print a script that completes commands, options and files when you press Tab.')
    .addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', HELP)
    .action((shell: keyof typeof SCRIPTS) => printVerbatim(SCRIPTS[shell](describeProgram(program))));
}

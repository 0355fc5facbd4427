import type { Argument, Command, Option } from 'commander';

/** What the value of an option or an argument is. */
export type ValueKind =
  | { readonly kind: 'travel-file' | 'file' | 'folder' | 'text' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] };

export interface DescribedOption {
  /** `--models`, `-h`. */
  readonly names: readonly string[];
  readonly description: string;
  /** null: it takes none. */
  readonly value: ValueKind | null;
  /** As the help names the value: `folder`. */
  readonly valueName: string;
}

export interface DescribedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly DescribedOption[];
  /** Of all its arguments; null: it takes none. */
  readonly argument: ValueKind | null;
}

export interface DescribedProgram extends Pick<DescribedCommand, 'name' | 'options'> {
  readonly commands: readonly DescribedCommand[];
}

/** What a program's help lists, for completion. */
export function describeProgram(program: Command): DescribedProgram {
  const help = program.createHelp();
  return {
    name: program.name(),
    options: help.visibleOptions(program).map(describeOption),
    commands: help.visibleCommands(program).map((command) => ({
      name: command.name(),
      description: command.summary() || command.description(),
      options: help.visibleOptions(command).map(describeOption),
      argument: argumentKind(command, help.visibleCommands(program)),
    })),
  };
}

function describeOption({ short, long, flags, description, argChoices }: Option): DescribedOption {
  const [, valueName] = /<([^<>]+)>/.exec(flags) ?? [];
  const names = [long, short].filter((name) => name !== undefined);
  const value = valueName === undefined ? null : valueKind(valueName, argChoices);
  return { names, description, value, valueName: valueName ?? '' };
}

function valueKind(name: string, choices: readonly string[] | undefined): ValueKind {
  if (choices) return { kind: 'choice', choices };
  if (name === 'folder') return { kind: 'folder' };
  return { kind: name === 'file' || name === 'path' ? 'file' : 'text' };
}

function argumentKind(command: Command, commands: readonly Command[]): ValueKind | null {
  const [argument] = command.registeredArguments as readonly Argument[];
  if (!argument) return null;
  if (command.name() === 'help') return { kind: 'choice', choices: commands.map((each) => each.name()) };
  if (/^(?:a )?\.travel file/.test(argument.description)) return { kind: 'travel-file' };
  return valueKind(argument.name(), argument.argChoices);
}

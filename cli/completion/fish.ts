import type { DescribedCommand, DescribedOption, DescribedProgram, ValueKind } from './described.ts';

export function fishScript({ name, options, commands }: DescribedProgram): string {
  return `# Completion of ${name} for fish. Save it: ${name} completion fish > ~/.config/fish/completions/${name}.fish
complete -c ${name} -f
${options.map((option) => optionLine('__fish_use_subcommand', option)).join('\n')}
${commands.map(commandLines).join('\n')}
`;

  function commandLines({ name: command, description, options: own, argument }: DescribedCommand): string {
    const seen = `__fish_seen_subcommand_from ${command}`;
    const lines = [
      `complete -c ${name} -n __fish_use_subcommand -a ${command} -d ${quote(description)}`,
      ...own.map((option) => optionLine(seen, option)),
    ];
    if (argument === null) return lines.join('\n');
    return [...lines, `complete -c ${name} -n ${quote(seen)}${valueFlags(argument)}`].join('\n');
  }

  function optionLine(condition: string, { names, description, value }: DescribedOption): string {
    const flags = names
      .map((each) => (each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`))
      .join(' ');
    const takes = value === null ? '' : ` -r${valueFlags(value)}`;
    return `complete -c ${name} -n ${quote(condition)} ${flags}${takes} -d ${quote(description)}`;
  }
}

function valueFlags(value: ValueKind): string {
  switch (value.kind) {
    case 'choice':
      return ` -f -a ${quote(value.choices.join(' '))}`;
    case 'folder':
      return " -f -a '(__fish_complete_directories)'";
    case 'file':
      return ' -F';
    case 'travel-file':
      return " -f -a '(__fish_complete_suffix .travel)'";
    case 'text':
      return ' -f';
  }
}

const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;

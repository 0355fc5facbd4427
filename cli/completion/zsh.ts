import type { DescribedCommand, DescribedOption, DescribedProgram, ValueKind } from './described.ts';

/** A script for Zsh that is sourced, or that is a file `_travel` in `$fpath`. */
export function zshScript({ name, options, commands }: DescribedProgram): string {
  return `#compdef ${name}
# Completion of ${name} for Zsh. Add this line to ~/.zshrc, after compinit: eval "$(${name} completion zsh)"
_${name}() {
  local -a commands
  commands=(
${commands.map((each) => `    ${quote(`${each.name}:${each.description}`)}`).join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe -t commands command commands
    _arguments ${options.flatMap(optionSpecs).map(quote).join(' ')}
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${commands.map(commandCase).join('\n')}
  esac
}

if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function commandCase({ name, options, argument }: DescribedCommand): string {
  const specs = options.flatMap(optionSpecs);
  const rest = argument === null ? [] : [`*:${argument.kind === 'choice' ? 'value' : 'file'}:${action(argument)}`];
  const lines = [...specs, ...rest].map((spec) => ` \\\n        ${quote(spec)}`);
  return `    ${name})\n      _arguments -s${lines.join('')}\n      ;;`;
}

/** A spec of `_arguments` for each name of an option, which may be given again. */
function optionSpecs({ names, description, value, valueName }: DescribedOption): string[] {
  const takes = value === null ? '' : `:${escaped(valueName)}:${action(value)}`;
  return names.map((name) => `*${name}[${escaped(description)}]${takes}`);
}

function action(value: ValueKind): string {
  switch (value.kind) {
    case 'choice':
      return `(${value.choices.join(' ')})`;
    case 'folder':
      return '_files -/';
    case 'file':
      return '_files';
    case 'travel-file':
      return '_files -g "*.travel"';
    case 'text':
      return ' ';
  }
}

const escaped = (text: string) => text.replace(/[\\[\]:]/g, '\\$&');

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

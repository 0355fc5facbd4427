import type { DescribedCommand, DescribedOption, DescribedProgram, ValueKind } from './described.ts';

/** A script for Bash 3.2, which macOS has, and newer. */
export function bashScript({ name, options, commands }: DescribedProgram): string {
  return `# Completion of ${name} for Bash. Add this line to ~/.bashrc: eval "$(${name} completion bash)"
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    ${words([...commands.map((each) => each.name), ...namesOf(options)])}
    return
  fi
  case $command in
${commands.map(commandCase).join('\n')}
  esac
}

_${name}_words() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$1" -- "$current")
}

# Folders, and files unless they match a pattern. Names with spaces are one line each. Bash 3.2 has no compopt, and adds no
# slash to folders.
_${name}_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(
    compgen -d -- "$current"
    compgen -f -X "$1" -- "$current" | while IFS= read -r path; do [[ -d $path ]] || printf '%s\\n' "$path"; done
  )
}

complete -F _${name} ${name}
`;

  function commandCase({ name: command, options: own, argument }: DescribedCommand): string {
    const values = own.filter(({ value }) => value !== null);
    const byPrevious = values.map(
      (option) => `        ${option.names.join(' | ')}) ${complete(option.value!)}; return ;;`,
    );
    return [
      `    ${command})`,
      ...(byPrevious.length === 0 ? [] : ['      case $previous in', ...byPrevious, '      esac']),
      `      if [[ $current == -* ]]; then ${words(namesOf(own))}; return; fi`,
      `      ${argument === null ? ':' : complete(argument)}`,
      '      ;;',
    ].join('\n');
  }

  function complete(value: ValueKind): string {
    switch (value.kind) {
      case 'choice':
        return words(value.choices);
      case 'folder':
        return `_${name}_paths '*'`;
      case 'file':
        return `_${name}_paths ''`;
      case 'travel-file':
        return `_${name}_paths '!*.travel'`;
      case 'text':
        return ':';
    }
  }

  function words(list: readonly string[]): string {
    return `_${name}_words '${list.join(' ')}'`;
  }
}

const namesOf = (options: readonly DescribedOption[]) => options.flatMap(({ names }) => names);

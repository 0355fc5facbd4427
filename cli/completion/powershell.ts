import type { DescribedCommand, DescribedOption, DescribedProgram, ValueKind } from './described.ts';

/** A script for PowerShell 5.1 and newer. Where it has nothing to offer, PowerShell completes files. */
export function powershellScript({ name, options, commands }: DescribedProgram): string {
  return `# Completion of ${name} for PowerShell. Add this line to $PROFILE: ${name} completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ${name} -ScriptBlock {
  param($current, $ast, $position)
  $commands = [ordered]@{
${commands.map(({ name: command, description }) => `    ${quote(command)} = ${quote(description)}`).join('\n')}
  }
  $options = @{
    '' = ${table(options)}
${commands.map((command) => `    ${quote(command.name)} = ${table(command.options)}`).join('\n')}
  }
  $choices = @{
${commands.flatMap(choicesOf).join('\n')}
  }
  $before = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { $_.ToString() })
  $command = if ($before.Count -gt 1) { $before[1] } else { '' }
  $offered = [ordered]@{}
  if ($choices.ContainsKey("$command $($before[-1])")) {
    $choices["$command $($before[-1])"] | ForEach-Object { $offered[$_] = $_ }
  } elseif ($current -like '-*') {
    if ($options.ContainsKey($command)) { $offered = $options[$command] }
  } elseif ($command -eq '') {
    $offered = $commands
  } elseif ($choices.ContainsKey($command)) {
    $choices[$command] | ForEach-Object { $offered[$_] = $_ }
  }
  $offered.GetEnumerator() | Where-Object { $_.Key.StartsWith($current) } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_.Key, $_.Key, 'ParameterValue', $_.Value)
  }
}
`;
}

function table(options: readonly DescribedOption[]): string {
  const entries = options.flatMap(({ names, description }) =>
    names.map((name) => `${quote(name)} = ${quote(description)}`),
  );
  return `[ordered]@{ ${entries.join('; ')} }`;
}

/** Keys: `command`, for arguments, and `command --option`. */
function choicesOf({ name, options, argument }: DescribedCommand): string[] {
  const line = (key: string, value: ValueKind | null) =>
    value?.kind === 'choice' ? [`    ${quote(key)} = @(${value.choices.map(quote).join(', ')})`] : [];
  return [
    ...line(name, argument),
    ...options.flatMap(({ names, value }) => names.flatMap((each) => line(`${name} ${each}`, value))),
  ];
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

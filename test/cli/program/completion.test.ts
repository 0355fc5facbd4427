import { describe, expect, it } from 'vitest';
import { folderWith } from '../../library/tree.ts';
import { sh, travel } from './travel.ts';

const FILES = {
  'a b.travel': 'x',
  'notes.txt': 'x',
  "it's $HOME.travel": 'x',
  'scenes/c.travel': 'x',
};

/** What Bash offers for the last word, which may be empty. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const quoted = ['travel', ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const lines = [
    'eval "$(travel completion bash)"',
    `COMP_WORDS=(${quoted})`,
    `COMP_CWORD=${words.length}`,
    '_travel',
    `printf '%s\\n' "$\{COMPREPLY[@]}"`,
  ];
  const { stdout, stderr } = await sh(lines.join('\n'), folderWith(FILES));
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

describe('completion in Bash', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['commands', ['re'], ['render']],
    ['options of the program', ['--v'], ['--version']],
    ['options of a command', ['check', '--f'], ['--frames', '--format', '--ffmpeg']],
    ['choices of an option', ['check', 'x.travel', '--format', 's'], ['sarif']],
    ['choices of an argument', ['completion', 'f'], ['fish']],
    ['folders', ['render', '--models', ''], ['scenes']],
    ['nothing for a number', ['render', '--seed', ''], []],
    ['any file', ['extract', 'n'], ['notes.txt']],
    ['.travel files and folders', ['render', ''], ["it's $HOME.travel", 'a b.travel', 'scenes']],
    ['files in a folder', ['render', 'scenes/'], ['scenes/c.travel']],
    ['nothing for an unknown command', ['rendr', ''], []],
    ['nothing that could run', ['render', '$(touch x)'], []],
  ])('offers %s', async (_, words, expected) => {
    expect((await offered(...words)).toSorted()).toEqual(expected.toSorted());
  });
});

describe('completion scripts', () => {
  it('register themselves when Bash evaluates them', async () => {
    const { stdout } = await sh('eval "$(travel completion bash)"; complete -p travel', folderWith({}));
    expect(stdout).toBe('complete -F _travel travel\n');
  });

  it.each(['bash', 'zsh', 'fish', 'powershell'])('have all commands and long options for %s', async (shell) => {
    const cwd = folderWith({});
    const { stdout, code } = await travel(['completion', shell], { cwd });
    expect(code).toBe(0);
    const names = (help: string, pattern: RegExp) => Array.from(help.matchAll(pattern), ([, name]) => name!);
    const [, listed = ''] = /^Commands:\n((?: .*\n)*)/m.exec((await travel(['--help'], { cwd })).stdout) ?? [];
    const commands = names(listed, /^ {2}([a-z][a-z-]+) .*? {2,}\S/gm);
    expect(commands).toEqual(expect.arrayContaining(['render', 'check', 'completion', 'help']));
    const options = names((await travel(['render', '--help'], { cwd })).stdout, /^ {2}(?:-\w, )?--([a-z-]+)/gm);
    expect(options.length).toBeGreaterThan(8);
    for (const name of [...commands, ...options])
      expect(stdout).toMatch(new RegExp(`(?<![a-z-])(--)?${name}(?![a-z-])`));
  });

  it('exist for no other shell', async () => {
    const { code, stderr } = await travel(['completion', 'nu'], { cwd: folderWith({}) });
    expect(code).toBe(2);
    expect(stderr).toContain('bash, zsh, fish, powershell');
  });
});

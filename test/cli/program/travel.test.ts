import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TravelPlan } from '../../../plan/plan.ts';
import { folderWith } from '../../library/tree.ts';
import { smallClip } from './small-clip.ts';
import { sh, start, travel } from './travel.ts';

const POCKET = resolve(import.meta.dirname, '../../../models/pocket/pocket.safetensors');

const SMALL = smallClip('save: [png]');

const Placed = z.array(
  z.strictObject({
    file: z.string(),
    line: z.int().positive(),
    column: z.int().positive(),
    endLine: z.int().positive(),
    endColumn: z.int().positive(),
    severity: z.enum(['error', 'warning', 'information', 'hint']),
    code: z.string().startsWith('travel/'),
    message: z.string().min(1),
  }),
);

describe('travel', () => {
  it.each([[['--help']], [['help']], [['render', '--help']], [['check', '--help']], [['models', '--help']]])(
    'shows examples in %j',
    async (args) => {
      const { code, stdout } = await travel(args, { cwd: folderWith({}) });
      expect(code).toBe(0);
      expect(stdout).toMatch(/^(?:Examples|Start with):$/m);
    },
  );

  it('prints its version', async () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync('package.json', 'utf8')));
    expect(await travel(['--version'], { cwd: folderWith({}) })).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  it.each([
    ['no command', [], 'Usage'],
    ['an unknown command', ['rendr'], 'render'],
    ['an unknown option', ['render', 'a.travel', '--sed', '1'], '--seed'],
    ['no file', ['render'], 'file'],
    ['a missing file', ['check', 'none.travel'], 'none.travel'],
    ['a missing image', ['extract', 'none.png'], 'the file was not found'],
    ['a missing model', ['models', 'none.ckpt'], 'the file was not found'],
    ['an empty name', ['check', ''], 'A file name is empty'],
    ['a file as a folder', ['check', 'a.travel/b.travel'], 'not a folder'],
    ['a folder', ['check', '.'], 'folder'],
    ['a folder to write to', ['render', 'a.travel', '--out', 'out/'], 'out/{name}'],
    ['a huge file', ['check', POCKET], 'MB'],
    ['a missing wildcard folder', ['check', 'a.travel', '--wildcards', 'nowhere'], 'nowhere'],
    ['a file as wildcard folder', ['check', 'a.travel', '--wildcards', 'a.travel'], 'a.travel is a file'],
    ['an extended file', ['render', 'a.travel', '--set', 'extends=b.travel'], 'only be set in a file'],
    ['a missing model folder', ['check', 'a.travel', '--models', 'nowhere'], 'nowhere'],
    ['frames that are none', ['render', 'a.travel', '--frames', 'x-3'], '--frames'],
    ['frames backwards', ['render', 'a.travel', '--frames', '3-1'], '--frames'],
    ['a seed that is none', ['render', 'a.travel', '--seed', '1.5'], 'seed'],
    ['a setting without value', ['render', 'a.travel', '--set', 'steps'], 'key=value'],
    ['an unknown setting', ['render', 'a.travel', '--set', 'step=3'], 'steps'],
    ['a value of the wrong kind', ['render', 'a.travel', '--set', 'steps=many'], 'steps'],
    ['json and plan together', ['check', 'a.travel', '--json', '--plan'], '--plan'],
    ['two formats', ['check', 'a.travel', '--json', '--format', 'sarif'], '--format'],
  ])('rejects %s with exit code 2 and a hint', async (_, args, hint) => {
    const { code, stdout, stderr } = await travel(args, {
      cwd: folderWith({ 'a.travel': SMALL }),
    });
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe('travel check', () => {
  it('prints nothing to standard output for a file without problems', async () => {
    const { code, stdout } = await travel(['check', 'a.travel'], { cwd: folderWith({ 'a.travel': 'fox ears\n' }) });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });

  it('prints problems as file:line:column, with exit code 1 for an error', async () => {
    const cwd = folderWith({ 'a b.travel': '---\nframes: 2\nsteps: none\n---\nfox\n' });
    const { code, stdout } = await travel(['check', 'a b.travel'], { cwd });
    expect(stdout).toMatch(/^a b\.travel:3:\d+: error: .+ \[travel\/[a-z-]+\]$/m);
    expect(code).toBe(1);
  });

  it('reads standard input', async () => {
    const { code, stdout } = await travel(['check', '-'], { cwd: folderWith({}), stdin: '---\nframes: 0\n---\nfox' });
    expect(stdout).toMatch(/^<stdin>:2:9: error: /m);
    expect(code).toBe(1);
  });

  it('reads standard input once', async () => {
    const { code, stdout, stderr } = await travel(['check', '-', '-'], { cwd: folderWith({}), stdin: '0:a\n' });
    expect(stdout).toMatch(/^<stdin>:1:2: /);
    expect(stderr).toContain('only once');
    expect(code).toBe(2);
  });

  it('stops reading standard input that is too long', async () => {
    const { code, stderr } = await travel(['check', '-'], { cwd: folderWith({}), stdin: Buffer.alloc(17 * 2 ** 20) });
    expect(stderr).toContain('<stdin> is larger than 16 MB');
    expect(code).toBe(2);
  });

  it('prints one JSON array for all files', async () => {
    const cwd = folderWith({
      'a.travel': '---\nsteps: none\n---\nfox',
      'b.travel': SMALL,
      'c.travel': '---\nfps: 0\n---\nx',
    });
    const { code, stdout } = await travel(['check', '--json', 'a.travel', 'b.travel', 'c.travel'], { cwd });
    const errors = Placed.parse(JSON.parse(stdout)).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ file }) => file)).toEqual(['a.travel', 'c.travel']);
    expect(errors[0]).toMatchObject({ line: 2, column: 8, endLine: 2, endColumn: 12 });
    expect(code).toBe(1);
  });

  it('prints for GitHub and for code scanning, with the same exit codes', async () => {
    const cwd = folderWith({ 'a.travel': '---\nsteps: none\n---\nfox' });
    const github = await travel(['check', '*.travel', '--format', 'github'], { cwd });
    expect(github).toMatchObject({ code: 1, stderr: '' });
    expect(github.stdout).toMatch(/^::error file=a\.travel,line=2,.*\n$/);
    const sarif = await travel(['check', 'a.travel', 'gone.travel', '--format', 'sarif'], { cwd });
    expect(sarif).toMatchObject({ code: 2, stderr: expect.stringMatching(/^gone\.travel cannot be read/) });
    const [run] = JSON.parse(sarif.stdout).runs;
    expect(run.results).toMatchObject([{ ruleId: 'travel/setting-type', level: 'error' }]);
    expect(run.invocations).toMatchObject([{ executionSuccessful: false }]);
  });

  it('prints an array even without errors', async () => {
    const { code, stdout } = await travel(['check', '--json', '-'], { cwd: folderWith({}), stdin: SMALL });
    expect(Placed.parse(JSON.parse(stdout)).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(code).toBe(0);
  });

  describe.each([
    ['a binary file', 'PK\u0003\u0004\0\0', /^This is not text\. .*travel extract a\.travel$/],
    ['UTF-16', Buffer.from('\uFEFFfox', 'utf16le'), /^The file is UTF-16\. Save it as UTF-8/],
    ['broken UTF-8', Buffer.from([0x66, 0xff]), /^The file is not UTF-8\. Save it as UTF-8/],
  ])('of %s', (_, content, message) => {
    it('prints one problem, as lines and as JSON, with exit code 1', async () => {
      const cwd = folderWith({ 'a.travel': content, 'b.travel': 'fox\n0:red\n' });
      const json = await travel(['check', '--json', 'a.travel', 'b.travel'], { cwd });
      const problems = Placed.parse(JSON.parse(json.stdout));
      expect(problems[0]).toMatchObject({ file: 'a.travel', line: 1, severity: 'error', code: 'travel/not-text' });
      expect(problems[0]?.message).toMatch(message);
      expect(problems.slice(1).map(({ file }) => file)).toEqual(['b.travel']);
      const lines = await travel(['check', 'a.travel', 'b.travel'], { cwd });
      expect(lines.stdout).toMatch(/^a\.travel:1:1: error: .+ \[travel\/not-text\]\nb\.travel:2:/);
      expect([json.code, lines.code]).toEqual([1, 1]);
    });

    it('is an error of every other command, too', async () => {
      for (const command of ['render', 'format']) {
        const { code, stdout, stderr } = await travel([command, 'a.travel'], {
          cwd: folderWith({ 'a.travel': content }),
        });
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toMatch(/^a\.travel:1:1: error: /);
      }
    });
  });

  it('takes wildcards from several folders, the first one first', async () => {
    const cwd = folderWith({
      'a.travel': '__one__, __two__',
      'x/one.txt': 'red',
      'y/one.txt': 'blue',
      'y/two.txt': 'green',
    });
    const { stdout } = await travel(['check', '--plan', '--wildcards', 'x', '--wildcards', 'y', 'a.travel'], { cwd });
    expect(TravelPlan.parse(JSON.parse(stdout)).prompts[0]?.text).toBe('red, green');
  });

  it('prints the plan, the same each time', async () => {
    const cwd = folderWith({ 'a.travel': SMALL });
    const first = await travel(['check', '--plan', 'a.travel'], { cwd });
    const plan = TravelPlan.parse(JSON.parse(first.stdout));
    expect(plan).toMatchObject({ name: 'a', source: SMALL, width: 64, sampling: { seed: 7, steps: 2 } });
    expect(plan.frames).toHaveLength(2);
    expect((await travel(['check', '--plan', 'a.travel'], { cwd })).stdout).toBe(first.stdout);
  });

  it('finishes when nobody reads its output', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `unknown_${i}: 1\n`).join('');
    const running = start(['check', '-'], { cwd: folderWith({}), stdin: `---\n${lines}---\nfox` });
    running.child.stdout?.destroy();
    const { code, stderr } = await running.ended;
    expect(stderr).not.toContain('EPIPE');
    expect(code).toBe(0);
  });

  it.each([
    ['nothing', ''],
    ['a wall of brackets', '('.repeat(100_000)],
    ['settings that are never closed', '---\nframes: 2\n'],
    ['terminal commands', '\u001b]0;owned\u0007\u001b[2J: x'],
  ])('answers to %s', async (_, stdin) => {
    const { code, stdout, stderr } = await travel(['check', '-'], { cwd: folderWith({}), stdin });
    expect([0, 1]).toContain(code);
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|\n\s+at /);
  });
});

// Of the systems that run this, Linux has these devices.
describe.runIf(process.platform === 'linux')('on Linux, travel', () => {
  it('stops reading a device without an end', async () => {
    const { code, stderr } = await travel(['check', '/dev/zero'], { cwd: folderWith({}) });
    expect(stderr).toContain('/dev/zero is larger than 16 MB');
    expect(code).toBe(2);
  });

  it('reads a pipe, and does not write to one', async () => {
    const cwd = folderWith({ 'a.travel': 'fox\n0:red\n' });
    const { stdout, stderr } = await sh('travel check <(cat a.travel); travel format --write <(cat a.travel)', cwd);
    expect(stdout).toMatch(/:2:2: warning: .*space-after-colon/);
    expect(stderr).toMatch(/cannot be written: it is a device or a pipe/);
  });

  it('reports that its output could not be written, with exit code 3', async () => {
    const cwd = folderWith({ 'a.travel': 'fox\n' });
    const { code, stderr } = await sh('travel format a.travel > /dev/full', cwd);
    expect(stderr).toMatch(/^Output could not be written: ENOSPC.*\n$/);
    expect(code).toBe(3);
  });
});

describe('travel format', () => {
  const LOOSE = 'fox\n0:red   \n1:   (blue:1.30)\n';
  let formatted = '';

  beforeAll(async () => {
    formatted = (await travel(['format', '-'], { cwd: process.cwd(), stdin: LOOSE })).stdout;
  });

  it('prints standard input, formatted', () => {
    expect(formatted).toContain('0: red\n');
    expect(formatted).toContain('1: (blue:1.3)\n');
  });

  it('changes files in place, and only those that need it', async () => {
    const cwd = folderWith({ 'a.travel': LOOSE, 'b.travel': formatted });
    const { code, stdout, stderr } = await travel(['format', '--write', 'a.travel', 'b.travel'], { cwd });
    expect(code).toBe(0);
    expect(stdout + stderr).toContain('a.travel');
    expect(stdout + stderr).not.toContain('b.travel');
    expect(readFileSync(join(cwd, 'a.travel'), 'utf8')).toBe(formatted);
    expect(readdirSync(cwd).sort()).toEqual(['a.travel', 'b.travel']);
  });

  it('keeps the byte order mark and the ends of lines', async () => {
    const cwd = folderWith({ 'a.travel': '\uFEFFfox\r\n0:red\r\n' });
    const printed = await travel(['format', 'a.travel'], { cwd });
    await travel(['format', '--write', 'a.travel'], { cwd });
    expect(printed.stdout).toBe('\uFEFFfox\r\n\r\n0: red\r\n');
    expect(readFileSync(join(cwd, 'a.travel'), 'utf8')).toBe(printed.stdout);
    expect((await travel(['format', '--check', 'a.travel'], { cwd })).code).toBe(0);
  });

  it('checks without changing files: exit code 1 if one is not formatted, else 0', async () => {
    const cwd = folderWith({ 'a.travel': LOOSE, 'b.travel': formatted });
    const loose = await travel(['format', '--check', 'a.travel', 'b.travel'], { cwd });
    expect(loose.code).toBe(1);
    expect(loose.stdout).toBe('a.travel\n');
    expect(readFileSync(join(cwd, 'a.travel'), 'utf8')).toBe(LOOSE);
    expect((await travel(['format', '--check', 'b.travel'], { cwd })).code).toBe(0);
  });
});

describe('patterns, which Windows’ shells do not expand', () => {
  const scenes = () =>
    folderWith({
      'one.travel': 'a heron',
      'b.travel': '((a owl',
      'scenes/two.travel': 'an owl',
      '[x].travel': 'a  fox',
      'x.txt': '',
    });
  const filesOf = (stdout: string) => [...new Set(JSON.parse(stdout).map(({ file }: { file: string }) => file))];

  it.each([
    ['*.travel', 3],
    ['**/*.travel', 4],
    ['scenes/*.travel', 1],
    ['./sc*/*.travel', 1],
    ['{one,b}.travel', 2],
    ['[x].travel', 1],
    ['<absolute>/*.travel', 3],
  ])('check %s', async (pattern, count) => {
    const cwd = scenes();
    const { code, stderr } = await travel(['check', pattern.replace('<absolute>', cwd)], { cwd });
    expect(stderr).toMatch(count === 1 ? /^1 file: no problems/ : new RegExp(`^${count} files: `));
    expect(code).toBe(0);
  });

  it('shows the files that match by their own names, in order', async () => {
    const { stdout } = await travel(['check', '*.travel', '--json'], { cwd: scenes() });
    expect(filesOf(stdout)).toEqual(['b.travel']);
    const { code, stdout: listed } = await travel(['format', '--check', '**/*.travel'], { cwd: scenes() });
    expect([code, listed]).toEqual([1, ['[x]', 'b', 'one', 'scenes/two'].map((name) => `${name}.travel\n`).join('')]);
  });

  it.each(['check', 'render', 'format'])('%s without a match is wrong usage', async (command) => {
    const { code, stdout, stderr } = await travel([command, 'none/*.travel'], { cwd: scenes() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^No file matches none\/\*\.travel\. Check the pattern/);
  });

  it('renders all that match', async () => {
    const { stdout, stderr } = await travel(['render', 'sc*/*.travel', '--set', 'frames=none'], { cwd: scenes() });
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('frames')]);
  });

  it('checks the other files if one pattern has no match', async () => {
    const { code, stderr } = await travel(['check', 'one.travel', 'none*'], { cwd: scenes() });
    expect(code).toBe(2);
    expect(stderr).toMatch(/No file matches none\*[\s\S]*1 file: no problems/);
  });
});

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TravelPlan } from '../../../plan/plan.ts';
import { folderWith, LORA } from '../../library/tree.ts';
import { safetensorsWith } from '../../weights/files.ts';
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

describe('travel models', () => {
  it('shows the type of a file', async () => {
    const { code, stdout } = await travel(['models', POCKET], { cwd: folderWith({}) });
    expect(stdout).toContain('Stable Diffusion 1 checkpoint with text encoder and VAE');
    expect(code).toBe(0);
  });

  it('lists a folder, with the reason if a file cannot be read', async () => {
    const cwd = folderWith({ 'broken.safetensors': 'x' });
    writeFileSync(join(cwd, 'whole.safetensors'), readFileSync(POCKET));
    const { stdout, stderr } = await travel(['models', '.'], { cwd });
    expect(stdout).toMatch(/whole.*Stable Diffusion 1 checkpoint/);
    expect(stdout + stderr).toMatch(/broken/);
  });

  it('shows sizes, and hashes on demand', async () => {
    const cwd = folderWith({});
    writeFileSync(join(cwd, 'whole.safetensors'), readFileSync(POCKET));
    const sha256 = createHash('sha256').update(readFileSync(POCKET)).digest('hex');
    const { stdout } = await travel(['models', '.'], { cwd });
    expect(stdout).toMatch(/^ {2}whole +[\d.]+ MB {2}Stable Diffusion 1 checkpoint/m);
    expect(stdout).not.toContain('[');
    const hashed = await travel(['models', '--hash', 'whole.safetensors'], { cwd });
    expect(hashed.stdout).toMatch(new RegExp(` MB \\[${sha256.slice(0, 10)}\\]\n$`));
    const { stdout: json, code } = await travel(['models', '--json', '--hash', '.'], { cwd });
    const rows = JSON.parse(json) as { name: string }[];
    expect(rows.find(({ name }) => name === 'whole')).toEqual({
      name: 'whole',
      path: join(cwd, 'whole.safetensors'),
      size: statSync(POCKET).size,
      kind: 'checkpoint',
      base: 'sd1',
      supported: true,
      text: expect.stringContaining('Stable Diffusion 1 checkpoint'),
      sha256,
    });
    expect(code).toBe(0);
  });

  it('lists damaged files as JSON, too', async () => {
    const cwd = folderWith({ 'broken.safetensors': 'x' });
    const listed = await travel(['models', '--json', '.'], { cwd });
    expect(JSON.parse(listed.stdout)).toContainEqual({
      path: join(cwd, 'broken.safetensors'),
      error: expect.stringContaining('not a valid .safetensors file'),
    });
    expect(listed.code).toBe(0);
    expect((await travel(['models', '--json', 'broken.safetensors'], { cwd })).code).toBe(1);
  });

  it('ends with exit code 1 if a file is not a model', async () => {
    const { code, stdout, stderr } = await travel(['models', 'a.travel'], { cwd: folderWith({ 'a.travel': SMALL }) });
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('a.travel');
  });

  it('lists the folders of TRAVEL_MODELS and --models', async () => {
    const [one, two] = [folderWith({}), folderWith({})];
    mkdirSync(join(one, 'models/Stable-diffusion'), { recursive: true });
    writeFileSync(join(one, 'models/Stable-diffusion/first.safetensors'), readFileSync(POCKET));
    writeFileSync(join(two, 'second.safetensors'), readFileSync(POCKET));
    const { stdout } = await travel(['models', '--models', two], { cwd: one, env: { TRAVEL_MODELS: one } });
    for (const name of ['pocket', 'first', 'second']) expect(stdout).toContain(name);
  });
});

describe('travel doctor', () => {
  it('says what works and what the model folders hold', async () => {
    const cwd = folderWith({ 'broken.safetensors': 'x' });
    const { code, stdout } = await travel(['doctor', '--models', '.', '--editor', 'An Editor 1.0'], { cwd });
    expect(stdout).toMatch(/^CPU +works$/m);
    expect(stdout).toMatch(/^ONNX Runtime +\d+\.\d+\.\d+; device: auto is /m);
    expect(stdout).toMatch(/^Built-in +1 checkpoint, 1 motion module$/m);
    expect(stdout).toMatch(/^Editor +An Editor 1\.0$/m);
    expect(stdout).toMatch(/^Not usable .*broken\.safetensors/m);
    expect(code).toBe(0);
  });

  it('refuses a folder that does not exist', async () => {
    const { code, stderr } = await travel(['doctor', '--models', 'none'], { cwd: folderWith({}) });
    expect(stderr).toContain('none');
    expect(code).toBe(2);
  });
});

describe('travel models and travel check', () => {
  const flux = safetensorsWith({ 'double_blocks.0.img_attn.norm.key_norm.scale': [2, 2] });

  it('give each of several files of one name a name of its own', async () => {
    const cwd = folderWith({ 'clip.travel': 'a hill <lora:twin:1>\n' });
    for (const name of ['day/twin.safetensors', 'night/twin.safetensors', 'both.ckpt', 'both.safetensors']) {
      mkdirSync(join(cwd, 'day'), { recursive: true });
      mkdirSync(join(cwd, 'night'), { recursive: true });
      writeFileSync(join(cwd, name), LORA);
    }
    const { stdout } = await travel(['models', '.'], { cwd });
    for (const name of ['day/twin', 'night/twin', 'both.ckpt', 'both.safetensors'])
      expect(stdout).toContain(`  ${name} `);
    const checked = await travel(['check', 'clip.travel', '--models', '.'], { cwd });
    expect(checked.stdout).toContain('clip.travel:1:14: warning: 2 LoRA files are named “twin”. “day/twin” is used.');
  });

  it('name a family that is not supported, and a file that cannot be read, at its place', async () => {
    const cwd = folderWith({
      'clip.travel': '---\ncheckpoint: flux1\n---\na hill <lora:page:1>\n',
      'page.pt': '<html>',
    });
    writeFileSync(join(cwd, 'flux1.safetensors'), flux);
    const { stdout } = await travel(['models', '.'], { cwd });
    expect(stdout).toMatch(/Not supported\n {2}flux1 +0 kB {2}Flux checkpoint \(not supported\)\n/);
    const checked = await travel(['check', 'clip.travel', '--models', '.'], { cwd });
    expect(checked.stdout).toContain('clip.travel:2:13: error: “flux1” is a Flux checkpoint, which is not supported.');
    expect(checked.stdout).toContain('clip.travel:4:14: error: “page” cannot be read.');
    expect(checked.stderr).toMatch(/^1 file: \d+ errors?\n$/);
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

describe('travel convert', () => {
  it.each<[string, string[], number, RegExp]>([
    ['a file that was not rendered', ['portrait.travel', '--out', 'new.gif'], 1, /has no \.travel source/],
    ['an output without a format', ['portrait.travel', '--out', 'new'], 2, /“new” does not end in \.webp/],
    ['a missing file', ['gone.webp', '--out', 'new.gif'], 2, /gone\.webp/],
    ['no output', ['portrait.travel'], 2, /--out/],
    ['an impossible rate', ['portrait.travel', '--out', 'new.gif', '--fps', '0'], 2, /number from 0\.001 to 1000/],
  ])('refuses %s with one message', async (_, args, code, message) => {
    const cwd = folderWith({ 'portrait.travel': SMALL });
    const result = await travel(['convert', ...args], { cwd });
    expect([result.code, result.stdout]).toEqual([code, '']);
    expect(result.stderr).toMatch(message);
  });
});

/** A PNG file with a text, and without pixels. */
function pngWith(name: string, text: string): Buffer {
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('tEXt', Buffer.from(`${name}\0${text}`, 'latin1')),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('travel import and export', () => {
  const SCHEDULE = '"0": "calm sea",\n"12": "storm --neg sun",';

  it('prints the document, and notes apart', async () => {
    const { code, stdout, stderr } = await travel(['import', 'a.json'], { cwd: folderWith({ 'a.json': SCHEDULE }) });
    expect(stdout).toBe('---\nframes: 120\nmix: lerp\n---\n\n0: calm sea\n12: storm --neg sun\n');
    expect(stderr).toMatch(/^a\.json: information: The length is not in the text\. .* \[length-not-in-file\]\n$/);
    expect(code).toBe(0);
  });

  it('reports every file as JSON, and which one was not understood', async () => {
    const cwd = folderWith({ 'a.txt': SCHEDULE, 'b.json': '{"name": "x"}', 'c.png': 'P\u0000NG' });
    const { code, stdout } = await travel(['import', 'a.txt', 'b.json', 'c.png', '--json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject([
      { file: 'a.txt', format: 'fizz', notes: [{ key: 'length-not-in-file', severity: 'information' }] },
      { file: 'b.json', error: expect.stringMatching(/JSON of no known format/) as string },
      { file: 'c.png', error: expect.stringMatching(/neither text nor an image or video/) as string },
    ]);
    expect(code).toBe(1);
  });

  it('writes files into a folder, never over others', async () => {
    const cwd = folderWith({ 'a.txt': SCHEDULE, 'out/b.travel': 'mine' });
    expect((await travel(['import', 'a.txt', '--out', 'out'], { cwd })).code).toBe(0);
    const again = await travel(['import', 'a.txt', '--out', 'out'], { cwd });
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/a\.travel exists already/)]);
    expect(readFileSync(join(cwd, 'out/a.travel'), 'utf8')).toContain('12: storm');
  });

  it('makes the folder, and goes on after a file that exists', async () => {
    const cwd = folderWith({ 'a.txt': SCHEDULE, 'b.txt': SCHEDULE, 'c.txt': SCHEDULE, file: '' });
    expect(await travel(['import', 'b.txt', '--out', 'new/out'], { cwd })).toMatchObject({ code: 0 });
    const all = await travel(['import', 'a.txt', 'b.txt', 'c.txt', '--out', 'new/out'], { cwd });
    expect(all).toMatchObject({ code: 1, stdout: `${join('new/out/a.travel')}\n${join('new/out/c.travel')}\n` });
    expect(all.stderr).toContain('b.txt: error: ');
    const onFile = await travel(['import', 'a.txt', '--out', 'file'], { cwd });
    expect([onFile.code, onFile.stderr]).toEqual([2, expect.stringMatching(/file is not a folder/)]);
  });

  it.runIf(process.platform === 'linux')('reads pipes, also those of images', async () => {
    const cwd = folderWith({ 'a.txt': SCHEDULE });
    writeFileSync(join(cwd, 'a.png'), pngWith('parameters', 'a fox\nSteps: 20, Sampler: Euler a, Size: 512x512'));
    for (const line of ['travel import <(cat a.txt)', 'cat a.txt | travel import /dev/stdin']) {
      expect(await sh(line, cwd)).toMatchObject({ code: 0, stdout: expect.stringContaining('12: storm') as string });
    }
    for (const line of ['travel import <(cat a.png)', 'travel import - < a.png', 'travel import a.png']) {
      expect(await sh(line, cwd)).toMatchObject({ code: 0, stdout: expect.stringContaining('a fox') as string });
    }
  });

  it('exports a file with errors, reports them, and ends with 1', async () => {
    const cwd = folderWith({ 'a.travel': '---\nframes: 16\nsteps: many\ncheckpoint: gone.ckpt\n---\n0: a\n' });
    const { code, stdout, stderr } = await travel(['export', 'a.travel', '--to', 'webui-api'], { cwd });
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { steps: 20 }]);
    expect(stderr).toMatch(/a\.travel:3:8: error: .*\n/);
    expect(stderr).not.toMatch(/error: .*gone/);
    const json = await travel(['export', 'a.travel', '--to', 'cli', '--json'], { cwd });
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ errors: [{ line: 3, severity: 'error' }] });
  });

  it('reports definitions that are too long to export', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `  a${i}: "$a${i + 1} $a${i + 1} $a${i + 1} $a${i + 1}"`);
    const text = ['---', 'define:', ...names, '  a12: "aaaaaaaaaaaaaaaaaaaa"', '---', '0: $a0', ''].join('\n');
    const { code, stdout, stderr } = await travel(['export', 'a.travel', '--to', 'cli'], {
      cwd: folderWith({ 'a.travel': text }),
    });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/error: A prompt is longer than a million characters/);
  });

  it('exports a file whose models are not here without errors', async () => {
    const cwd = folderWith({ 'a.travel': '---\ncheckpoint: gone.ckpt\n---\na <lora:gone:1>, __gone__\n' });
    expect(await travel(['export', 'a.travel', '--to', 'webui-api'], { cwd })).toMatchObject({ code: 0 });
  });

  it('exports what it imports', async () => {
    const cwd = folderWith({ 'a.travel': '---\nframes: 24\n---\n0: a\n8 cut: b\n' });
    const { code, stdout } = await travel(['export', 'a.travel', '--to', 'a1111-prompt'], { cwd });
    expect([code, stdout]).toEqual([0, '0: a\n7: a\n8: b\n']);
    const json = await travel(['export', 'a.travel', '--to', 'cli', '--json'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ to: 'cli', parts: { flags: { '-L': 24 } } });
  });

  it.each([
    ['several files without a place', ['import', 'a.txt', 'a.txt'], /--out or --json/],
    ['an unknown format', ['import', 'a.txt', '--format', 'word'], /--format/],
    ['an export without a format', ['export', 'a.txt'], /--to/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await travel(args, { cwd: folderWith({ 'a.txt': SCHEDULE }) });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('travel extract', () => {
  it('reports why nothing can be extracted', async () => {
    const { code, stdout, stderr } = await travel(['extract', 'a.png'], { cwd: folderWith({ 'a.png': 'nothing' }) });
    expect(stdout).toBe('');
    expect(stderr).toContain('a.png');
    expect(code).toBe(1);
    expect(existsSync('a.png')).toBe(false);
  });
});

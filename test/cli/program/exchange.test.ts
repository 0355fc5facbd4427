import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../../library/tree.ts';
import { smallClip } from './small-clip.ts';
import { sh, travel } from './travel.ts';

const SMALL = smallClip('save: [png]');

describe('travel convert', () => {
  it.each<[string, string[], number, RegExp]>([
    ['a file that was not rendered', ['portrait.travel', '--out', 'new.gif'], 1, /has no \.travel source/],
    ['an output without a format', ['portrait.travel', '--out', 'new'], 2, /“new” does not end in \.webp/],
    ['a missing file', ['gone.webp', '--out', 'new.gif'], 2, /gone\.webp/],
    ['no output', ['portrait.travel'], 2, /--out/],
    ['a loop count for mp4', ['portrait.travel', '--out', 'new.mp4', '--loop', '3'], 2, /mp4 has no loop count/],
    ['a loop count for a folder', ['portrait.travel', '--out', 'new.png', '--loop', '0'], 2, /png has no loop count/],
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

  it.each([
    ['a missing file', 'gone.png', /^gone\.png cannot be read: the file was not found/],
    ['a pattern without a file', '*.gif', /^No file matches \*\.gif/],
    ['a folder', 'folder', /^folder is a folder\. Write the files in it: folder\/\*$/],
    ['a file that is empty', 'empty.txt', /no text in it/],
    ['an empty name', '', /^A file name is empty/],
  ])('imports the others, too, if one is %s', async (_, name, reason) => {
    const cwd = folderWith({ 'a.txt': SCHEDULE, 'b.txt': 'a fox', 'empty.txt': '', 'folder/c.txt': 'a' });
    const json = await travel(['import', 'a.txt', name, 'b.txt', '--json'], { cwd });
    expect([json.code, json.stderr, JSON.parse(json.stdout)]).toMatchObject([
      1,
      '',
      [{ file: 'a.txt' }, { file: name, error: expect.stringMatching(reason) as string }, { file: 'b.txt' }],
    ]);
    const alone = await travel(['import', name, '--json'], { cwd });
    expect([alone.code, JSON.parse(alone.stdout)]).toMatchObject([1, [{ file: name }]]);
    const out = await travel(['import', 'a.txt', name, 'b.txt', '--out', 'out'], { cwd });
    expect([out.code, out.stdout]).toEqual([1, `${join('out', 'a.travel')}\n${join('out', 'b.travel')}\n`]);
    expect(out.stderr).toContain(`${name}: error: `);
  });

  it('a single file that is missing is wrong usage', async () => {
    const { code, stdout, stderr } = await travel(['import', 'gone.png'], { cwd: folderWith({}) });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/^gone\.png cannot be read/)]);
  });

  describe('name files as they were written', () => {
    const png = pngWith('parameters', 'a fox');
    const FILES = { 'in/cut.png': png.subarray(0, 40), 'in/a.bin': 'P\u0000NG', 'in/a.txt': 'a fox', 'in/b/a': '' };

    it.each([
      ['import', 'in/cut.png'],
      ['import', 'in/a.bin'],
      ['extract', 'in/cut.png'],
      ['extract', 'in/a.bin'],
      ['extract', 'in/a.txt'],
      ['extract', 'in/b'],
      ['convert', 'in/cut.png'],
      ['convert', 'in/a.txt'],
    ])('%s %s', async (command, file) => {
      const cwd = folderWith(FILES);
      const args = command === 'convert' ? [command, file, '--out', 'new.gif'] : [command, file];
      const { code, stdout, stderr } = await travel(args, { cwd });
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain(file);
      expect(stderr).not.toContain(cwd);
    });

    it('also standard input', async () => {
      const { code, stderr } = await travel(['import', '-'], { cwd: folderWith({}), stdin: png.subarray(0, 40) });
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^<stdin>: error: <stdin> is truncated/)]);
    });
  });

  it.each([
    ['fizz', SCHEDULE, /\n0: calm sea\n12: storm --neg sun\n/],
    ['a1111-prompt', SCHEDULE, /^"0": "calm sea",\n?[\s\S]*"12": "storm/],
    ['a1111-prompt', '{"prompts": {"0": "a"}}', /\{"prompts"/],
    ['deforum', '{"0": "a", "8": "b"}', /\ntransition: cut\n[\s\S]*\n0: a\n8: b\n/],
    ['ade', '"0": "a", "8": "b"', /\n0: a\n8: b\n/],
    ['infotext', 'a fox', /\na fox\n/],
  ])('reads a file as %s if it is forced to: %s', async (format, text, expected) => {
    const cwd = folderWith({ 'a.txt': text });
    const { code, stdout } = await travel(['import', 'a.txt', '--format', format, '--json'], { cwd });
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      [{ format, travel: expect.stringMatching(expected) as string }],
    ]);
  });

  it.each([
    ['ade', /not a schedule of AnimateDiff-Evolved/],
    ['comfy', /not a ComfyUI workflow/],
    ['fizz', /“name” of the schedule is not a frame/],
  ])('says why a file cannot be read as %s', async (format, reason) => {
    const cwd = folderWith({ 'a.json': '{"name": 1}' });
    const { code, stdout, stderr } = await travel(['import', 'a.json', '--format', format], { cwd });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^a\.json: error: [^\n]+\n$/);
    expect(stderr).toMatch(reason);
  });

  it('refuses a text of 200 MB with one sentence, without reading it', async () => {
    const cwd = folderWith({ 'a.txt': SCHEDULE.repeat(200) });
    // The rest is a hole in the file.
    truncateSync(join(cwd, 'a.txt'), 200 * 1024 * 1024);
    const { code, stdout, stderr } = await travel(['import', 'a.txt'], { cwd });
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      'a.txt: error: It is larger than 64 MB, so it is not a text of a known tool.\n',
    ]);
  });

  it('writes files into a folder, never over others', async () => {
    const cwd = folderWith({ 'a.txt': SCHEDULE, 'out/b.travel': 'mine' });
    expect((await travel(['import', 'a.txt', '--out', 'out'], { cwd })).code).toBe(0);
    const again = await travel(['import', 'a.txt', '--out', 'out'], { cwd });
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/a\.travel exists already/)]);
    expect(readFileSync(join(cwd, 'out/a.travel'), 'utf8')).toContain('12: storm');
  });

  it('numbers files of the same name, and leaves others as they are', async () => {
    const cwd = folderWith({
      'a.txt': SCHEDULE,
      'a.json': SCHEDULE,
      'b/a.txt': SCHEDULE,
      'a-2.txt': SCHEDULE,
      'b.txt': SCHEDULE,
      'b.json': SCHEDULE,
      'out/b-2.travel': 'mine',
    });
    const files = ['a.txt', 'a.json', 'b/a.txt', 'a-2.txt', 'b.txt', 'b.json'];
    const { code, stdout, stderr } = await travel(['import', ...files, '--out', 'out'], { cwd });
    const written = ['a', 'a-2', 'a-3', 'a-2-2', 'b'].map((name) => `${join('out', name)}.travel\n`);
    expect([code, stdout]).toEqual([1, written.join('')]);
    expect(stderr).toContain(`b.json: error: ${join('out', 'b-2.travel')} exists already.`);
    expect(readFileSync(join(cwd, 'out/b-2.travel'), 'utf8')).toBe('mine');
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

  it('writes easing as keyframes on request, and how close they come', async () => {
    const cwd = folderWith({ 'a.travel': '---\nframes: 32\n---\n0: a\n24 ease-in-out: b\n' });
    const plain = await travel(['export', 'a.travel', '--to', 'a1111-prompt'], { cwd });
    expect([plain.code, plain.stdout]).toEqual([0, '0: a\n24: b\n']);
    expect(plain.stderr).toMatch(/warning: .*linear there.*--easing-as-keys.* \[easing\]/);
    const keys = await travel(['export', 'a.travel', '--to', 'a1111-prompt', '--easing-as-keys'], { cwd });
    expect([keys.code, keys.stdout]).toEqual([0, '0: a\n3: a\n21: b\n24: b\n']);
    expect(keys.stderr).toMatch(/^a\.travel: warning: .*differs by at most \d(?:\.\d)? %.* \[easing\]$/m);
  });

  it('takes the first clip of a workflow, and names the others', async () => {
    const sampler = (seed: number) => ({ class_type: 'KSampler', inputs: { seed } });
    const output = (node: string) => ({ class_type: 'SaveImage', inputs: { images: [node, 0] } });
    const workflow = JSON.stringify({ '1': sampler(5), '2': output('1'), '3': sampler(6), '4': output('3') });
    const { code, stdout, stderr } = await travel(['import', 'a.json'], { cwd: folderWith({ 'a.json': workflow }) });
    expect([code, stdout]).toEqual([0, expect.stringContaining('seed: 5\n')]);
    expect(stderr).toMatch(/a\.json: warning: The workflow makes 2 clips\. .*node 3 .* \[more-clips\]\n/);
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

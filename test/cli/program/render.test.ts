import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { RenderLine } from '../../../cli/render-lines.ts';
import { PublishedPlan } from '../../../plan/published-plan.ts';
import { folderWith } from '../../library/tree.ts';
import { smallClip } from './small-clip.ts';
import { start, travel } from './travel.ts';

const SMALL = smallClip('save: [webp]');

/** Enough work that a signal comes in the middle of it. */
const LONG = SMALL.replace('steps: 2', 'steps: 500');

/** Everything below a folder but the text itself. */
function written(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.travel'))
    .map((entry) => join(entry.parentPath, entry.name));
}

const linesOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => RenderLine.parse(JSON.parse(line)));

describe('travel render', () => {
  it('prints where the file is, and that file opens back into its source and plan', async () => {
    const cwd = folderWith({ 'clips/a.travel': SMALL });
    const { code, stdout, stderr } = await travel(['render', 'clips/a.travel', '--out', 'out/{name}-{seed}'], { cwd });
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: join('out', 'a-7.webp\n') });
    expect(stderr).toMatch(/sampling, step 2\/2/);
    expect(stderr).not.toMatch(/[\r\u001b]/);

    const source = await travel(['extract', 'out/a-7.webp'], { cwd });
    expect(source).toEqual({ code: 0, stdout: SMALL, stderr: '' });
    const plan = await travel(['extract', '--plan', 'out/a-7.webp'], { cwd });
    expect(PublishedPlan.parse(JSON.parse(plan.stdout))).toMatchObject({ name: 'a', sampling: { seed: 7 } });

    const converted = await travel(['convert', 'out/a-7.webp', '--out', 'out/b.gif', '--fps', '4', '--reverse'], {
      cwd,
    });
    expect(converted).toEqual({ code: 0, stdout: join('out', 'b.gif\n'), stderr: '' });
    expect(await travel(['extract', 'out/b.gif'], { cwd })).toEqual(source);
  });

  it('prints a line of JSON for each event, and nothing else', async () => {
    const cwd = folderWith({ 'a.travel': SMALL, 'taken/b.webp': 'x', 'bad.travel': '\0' });
    const { code, stdout, stderr } = await travel(['render', 'a.travel', '--json', '--out', 'out/a'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = linesOf(stdout);
    expect(lines.map(({ event }) => event)).toContain('progress');
    const [done, ...more] = lines.filter(({ event }) => event !== 'progress');
    expect(more).toEqual([]);
    expect(done).toMatchObject({ event: 'done', file: 'a.travel', seed: 7, device: 'CPU' });
    expect(done?.event === 'done' && done.files.map((file) => relative(realpathSync(cwd), realpathSync(file)))).toEqual(
      [join('out', 'a.webp')],
    );

    const wrong = await travel(['render', 'a.travel', 'bad.travel', '--json'], { cwd });
    expect(wrong).toMatchObject({ code: 1, stderr: '' });
    expect(linesOf(wrong.stdout)).toMatchObject([{ event: 'problem', file: 'bad.travel', code: 'travel/not-text' }]);

    const failed = await travel(['render', 'a.travel', '--json', '--out', 'a.travel/x'], { cwd });
    expect(failed).toMatchObject({ code: 3, stderr: '' });
    expect(linesOf(failed.stdout).at(-1)).toMatchObject({ event: 'failed', kind: 'cannot-write', canResume: false });
  });

  it('prints what it would render, and estimates the time from earlier renders', async () => {
    const cwd = folderWith({ 'a.travel': SMALL, 'bad.travel': '---\nsteps: none\n---\nfox' });
    const env = { XDG_CACHE_HOME: join(cwd, 'cache') };
    const args = ['render', 'a.travel', '--out', 'out/{name}.gif'];
    const first = await travel([...args, '--dry-run'], { cwd, env });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^a\.travel: 2 frames of 64×64 at 8 fps, 2 steps of Euler, seed 7\n/);
    expect(first.stdout).toContain(`\n  writes  ${join('out', 'a.gif')}\n  time    not known`);
    expect(existsSync(join(cwd, 'out'))).toBe(false);

    expect(await travel(args, { cwd, env })).toMatchObject({ code: 0 });
    const [plan] = linesOf((await travel([...args, '--dry-run', '--json'], { cwd, env })).stdout);
    expect(plan).toMatchObject({ event: 'plan', frames: 2, output: [{ format: 'gif', exists: true }] });
    expect(plan?.event === 'plan' && plan.seconds).toBeGreaterThan(0);
    expect(plan?.event === 'plan' && plan.memory).toBeGreaterThan(1e8);

    const wrong = await travel(['render', 'a.travel', 'bad.travel', '--dry-run'], { cwd, env });
    expect(wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^bad\.travel:2:8: error: /) });
  });

  it('renders again when a file, what it extends or a wildcard changes, until Ctrl+C', async () => {
    const cwd = folderWith({
      'base.travel': '---\nsteps: 2\nseed: 7\n---\n',
      'a.travel': SMALL.replace('steps: 2\n', 'extends: base.travel\n')
        .replace('seed: 7\n', '')
        .replace('ears', '__x__'),
      'wildcards/x.txt': 'ears',
    });
    const running = start(['render', 'a.travel', '--watch', '--out', '{name}-{seed}'], { cwd });
    await running.says('Watching a.travel and 2 other files.');
    // The render that this starts is stopped by the next change.
    writeFileSync(join(cwd, 'base.travel'), '---\nsteps: 500\nseed: 8\n---\n');
    await running.says('sampling, step 2/500');
    writeFileSync(join(cwd, 'wildcards/x.txt'), 'tail');
    await running.says('The render was canceled.\na: loading models');
    writeFileSync(join(cwd, 'base.travel'), '---\nsteps: two\n---\n');
    await running.says('error: ');
    rmSync(join(cwd, 'a.travel'));
    await running.says('a.travel cannot be read');
    writeFileSync(join(cwd, 'a.travel'), SMALL.replace('seed: 7', 'seed: 9'));
    await running.says('seed 9, in ');
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: 'a-7.webp\na-9.webp\n' });
  });

  it.each([
    ['standard input', ['-', '--watch']],
    ['a file that does not exist', ['gone.travel', '--watch']],
    ['locks', ['a.travel', '--watch', '--locked']],
    ['a dry run', ['a.travel', '--watch', '--dry-run']],
  ])('does not watch %s', async (_, args) => {
    const { code, stdout } = await travel(['render', ...args], { cwd: folderWith({ 'a.travel': SMALL }) });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('writes next to the file by default, and never over another file', async () => {
    const cwd = folderWith({ 'clips/a.travel': SMALL.replace('save: [webp]', 'save: [txt]\noutput: again') });
    for (const name of ['again.txt', 'again-2.txt']) {
      const { code, stdout } = await travel(['render', 'clips/a.travel'], { cwd });
      expect({ code, stdout }).toEqual({ code: 0, stdout: join('clips', `${name}\n`) });
    }
  });

  it('takes frames, seed and settings from the command line, and the format from the extension', async () => {
    const cwd = folderWith({ 'a.travel': SMALL });
    const flags = ['--frames', '1', '--seed', '9', '--set', 'steps=1', '--set', 'cfg_scale=3', '--out', 'one.gif'];
    const { code, stdout, stderr } = await travel(['render', 'a.travel', ...flags], { cwd });
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: 'one.gif\n' });
    const plan = PublishedPlan.parse(JSON.parse((await travel(['extract', '--plan', 'one.gif'], { cwd })).stdout));
    expect(plan.sampling).toMatchObject({ seed: 9, steps: 1 });
    expect(plan.frames).toMatchObject([{ cfgScale: 3 }, { cfgScale: 3 }]);
    expect(plan.output.order).toEqual([1]);
  });

  it('renders some frames as they are in the whole clip, with their numbers', async () => {
    const text = SMALL.replace('frames: 2', 'frames: 4').replace('save: [webp]', 'save: [png]');
    const cwd = folderWith({ 'a.travel': text });
    const some = await travel(['render', 'a.travel', '--frames', '1-2', '--out', 'some'], { cwd });
    expect({ code: some.code, stdout: some.stdout }, some.stderr).toEqual({ code: 0, stdout: 'some\n' });
    expect(some.stderr).toMatch(/decoding frames 1–2\n[\s\S]*a\.travel: frames 1–2, seed 7, in /);
    expect(readdirSync(join(cwd, 'some'))).toEqual(['00001.png', '00002.png']);
    await travel(['render', 'a.travel', '--out', 'all'], { cwd });
    for (const name of ['00001.png', '00002.png']) {
      const pixels = (folder: string) =>
        sharp(join(cwd, folder, name))
          .raw()
          .toBuffer();
      expect((await pixels('some')).equals(await pixels('all'))).toBe(true);
    }
  });

  it('writes no path of the computer into any file', async () => {
    const formats = 'gif, webp, mp4, png, txt';
    const cwd = folderWith({
      'home-of-maria/a.travel': SMALL.replace('save: [webp]', `save: [${formats}]\noutput: out/{name}`),
    });
    const { code, stdout, stderr } = await travel(['render', 'home-of-maria/a.travel'], { cwd });
    expect(code, stderr).toBe(0);
    const files = stdout.trim().split('\n');
    expect(files).toHaveLength(5);
    for (const file of files) {
      const plan = await travel(['extract', file, '--plan'], { cwd });
      expect(plan.stdout).not.toMatch(/home-of-maria|": ?"(?:\/|[A-Za-z]:[\\/])/);
      expect(JSON.parse(plan.stdout)).toMatchObject({
        models: { checkpoint: { name: 'pocket.safetensors', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
        output: { written: 'out/{name}' },
      });
    }
    for (const path of written(cwd)) expect(readFileSync(path).includes('home-of-maria'), path).toBe(false);
  });

  it('renders standard input, and files in the order in which they are named', async () => {
    const cwd = folderWith({ 'b.travel': SMALL });
    const args = ['render', 'b.travel', '-', '--set', 'save=txt', '--out', '{name}'];
    const { code, stdout, stderr } = await travel(args, { cwd, stdin: SMALL });
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: 'b.txt\nstdin.txt\n' });
  });

  it('renders nothing where one of the files has errors, and says where they are', async () => {
    const cwd = folderWith({ 'good.travel': SMALL, 'bad.travel': '---\nsteps: none\n---\nfox' });
    const { code, stdout, stderr } = await travel(['render', 'good.travel', 'bad.travel'], { cwd });
    expect(stderr).toMatch(/^bad\.travel:2:8: error: /m);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(written(cwd)).toEqual([]);
  });

  it('renders and formats nothing of a file with a merge conflict', async () => {
    const text = `${SMALL}<<<<<<< ours\n 1:a\n=======\n1: b\n>>>>>>> theirs\n`;
    const cwd = folderWith({ 'a.travel': text });
    const render = await travel(['render', 'a.travel'], { cwd });
    expect(render).toMatchObject({ code: 1, stdout: '' });
    expect(render.stderr.match(/merge conflict/g)).toHaveLength(3);
    expect(written(cwd)).toEqual([]);
    await travel(['format', 'a.travel'], { cwd });
    expect(readFileSync(join(cwd, 'a.travel'), 'utf8')).toBe(text);
  });

  it('says which model is damaged, and why', async () => {
    const cwd = folderWith({
      'a.travel': SMALL.replace('seed: 7', 'seed: 7\nvae: broken'),
      'm/broken.safetensors': 'x',
    });
    const { code, stderr } = await travel(['render', 'a.travel', '--models', 'm'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('broken.safetensors');
  });

  it('fails with 3 where it cannot write, before it renders', async () => {
    const cwd = folderWith({ 'a.travel': SMALL, taken: 'a file where a folder is needed' });
    const { code, stdout, stderr } = await travel(['render', 'a.travel', '--out', 'taken/clip'], { cwd });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('taken');
    expect(stderr).not.toContain('loading');
  });

  // In /proc, Node's own way to make folders never ends.
  it.runIf(process.platform === 'linux')('fails with 3 where the system lets nobody make a folder', async () => {
    const cwd = folderWith({ 'a.travel': SMALL });
    const { code, stdout, stderr } = await travel(['render', 'a.travel', '--out', '/proc/nope/clip'], { cwd });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/Cannot write \/proc\/nope\/clip.*Choose another path/);
    expect(stderr).not.toContain('loading');
  });

  it.runIf(process.platform === 'linux')('prints no control characters of a path', async () => {
    const folder = '\u001b]0;x\u0007';
    const cwd = folderWith({
      [`${folder}/a.travel`]: SMALL.replace('save: [webp]', 'save: [txt]\noutput: c'),
      'b.travel': SMALL.replace('save: [webp]', 'output: "\\e]0;x\\a/c"'),
    });
    const { code, stdout, stderr } = await travel(['render', `${folder}/a.travel`], { cwd });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '\ufffd]0;x\ufffd/c.txt\n' });
    const inFile = await travel(['render', 'b.travel'], { cwd });
    expect(inFile).toMatchObject({ code: 1, stderr: expect.stringMatching(/^b\.travel:8:9: error: /m) });
    const flag = await travel(['render', `${folder}/a.travel`, '--out', `/proc/${folder}`], { cwd });
    expect(flag.code).toBe(2);
    const printed = [stderr, inFile.stderr, flag.stderr, flag.stdout].join('\n');
    expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('goes on with the next file after one that failed', async () => {
    const cwd = folderWith({
      'a.travel': SMALL.replace('save: [webp]', 'save: [txt]\noutput: taken/clip'),
      'b.travel': SMALL.replace('save: [webp]', 'save: [txt]\noutput: clip'),
      taken: '',
    });
    const { code, stdout } = await travel(['render', 'a.travel', 'b.travel'], { cwd });
    expect({ code, stdout }).toEqual({ code: 3, stdout: 'clip.txt\n' });
  });
});

// Windows has no signals between processes.
describe.skipIf(process.platform === 'win32')('a cancelled render', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 130 after %s and leaves nothing', async (signal) => {
    const cwd = folderWith({ 'a.travel': LONG });
    const running = start(['render', 'a.travel', '--out', 'out/clip'], { cwd });
    await running.says('sampling');
    running.child.kill(signal);
    const { code, stdout } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(written(cwd)).toEqual([]);
  });

  it('ends in the same way when a terminal sends Ctrl-C to every process of the command', async () => {
    const cwd = folderWith({ 'a.travel': LONG });
    const running = start(['render', 'a.travel', '--out', 'out/clip'], { cwd, group: true });
    await running.says('sampling');
    process.kill(-running.child.pid!, 'SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).not.toContain('ended by');
    expect(written(cwd)).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 130 after %s while the file is read', async (signal) => {
    const cwd = folderWith({});
    const running = start(['render', '-'], { cwd, stdin: null });
    // More than a pipe holds, so that the program has begun to read when all of it is written.
    await new Promise((written) => running.child.stdin?.write('a'.repeat(1_000_000), written));
    running.child.kill(signal);
    const { code, stdout } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 130 after %s while the engine starts', async (signal) => {
    const cwd = folderWith({ 'a.travel': SMALL });
    const running = start(['render', 'a.travel', '--out', 'out/clip'], { cwd });
    await running.says('loading');
    running.child.kill(signal);
    const { code, stdout } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(written(cwd)).toEqual([]);
  });

  it('does not go on with the next file', async () => {
    const cwd = folderWith({ 'a.travel': LONG, 'b.travel': SMALL });
    const running = start(['render', 'a.travel', 'b.travel', '--out', '{name}'], { cwd });
    await running.says('sampling');
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(existsSync(join(cwd, 'b.webp'))).toBe(false);
  });

  it('ends at once at the second signal, whatever the engine does', async () => {
    const cwd = folderWith({ 'a.travel': LONG });
    const running = start(['render', 'a.travel'], { cwd });
    await running.says('sampling');
    running.child.kill('SIGTERM');
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(readFileSync(join(cwd, 'a.travel'), 'utf8')).toBe(LONG);
  });
});

// Windows has no signals between processes.
describe.skipIf(process.platform === 'win32')('travel render --resume', () => {
  const RANDOM = SMALL.replace('steps: 2', 'steps: 40')
    .replace('seed: 7', 'seed: -1')
    .replace('[webp]', '[png]')
    .replace('red hair', '{red|green|black} hair');

  /** The images' pixels, which follow the metadata. */
  const pixels = (folder: string) =>
    readdirSync(folder).map((name) => {
      const bytes = readFileSync(join(folder, name));
      return bytes.subarray(bytes.indexOf('IDAT')).toString('base64');
    });

  it.each(['SIGKILL', 'SIGINT'] as const)('continues after %s with the same seed and pixels', async (signal) => {
    const cwd = folderWith({ 'a.travel': RANDOM });
    const running = start(['render', 'a.travel', '--out', 'stopped'], { cwd, group: true });
    await running.says('step 12/40');
    process.kill(-running.child.pid!, signal);
    const stopped = await running.ended;
    if (signal === 'SIGINT') expect(stopped.stderr).toContain('Run the same command with --resume to continue.');

    const resumed = await travel(['render', 'a.travel', '--out', 'resumed', '--resume'], { cwd });
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).not.toContain('step 10/40');
    const seed = /seed (\d+)/.exec(resumed.stderr)![1]!;
    const whole = await travel(['render', 'a.travel', '--out', 'whole', '--seed', seed], { cwd });
    expect(whole.code, whole.stderr).toBe(0);
    expect(pixels(join(cwd, 'resumed'))).toEqual(pixels(join(cwd, 'whole')));
  });

  it('starts from the beginning if nothing was saved, and says so', async () => {
    const cwd = folderWith({ 'a.travel': SMALL });
    const { code, stdout, stderr } = await travel(['render', 'a.travel', '--out', 'clip', '--resume'], { cwd });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'clip.webp\n' });
    expect(stderr).toContain('No saved progress was found for this render, so it starts from the beginning.');
  });
});

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TravelLock } from '../../../plan/lock.ts';
import { folderWith } from '../../library/tree.ts';
import { smallClip } from './small-clip.ts';
import { type Ended, travel } from './travel.ts';

const POCKET = readFileSync(resolve(import.meta.dirname, '../../../models/pocket/pocket.safetensors'));

const SMALL = smallClip('save: [png]', 'output: out');
const RANDOM = SMALL.replace('seed: 7', 'seed: -1').replace('red hair', '__hair__, {red|green|black} eyes');
const HAIR = Array.from({ length: 50 }, (_, i) => `hair ${i}`).join('\n');

const lockIn = (cwd: string) => TravelLock.parse(JSON.parse(readFileSync(join(cwd, 'a.travel.lock'), 'utf8')));

/** The images' pixels, which follow the metadata. */
const pixels = (folder: string) =>
  readdirSync(folder).map((name) => {
    const bytes = readFileSync(join(folder, name));
    return bytes.subarray(bytes.indexOf('IDAT')).toString('base64');
  });

const done = (ended: Ended) => expect(ended.code, ended.stderr).toBe(0);

describe('travel lock', () => {
  it('writes a lock without any path, and does not touch one that is up to date', async () => {
    const cwd = folderWith({ 'home-of-maria/a.travel': SMALL });
    const folder = join(cwd, 'home-of-maria');
    const first = await travel(['lock', 'home-of-maria/a.travel'], { cwd });
    expect(first).toEqual({
      code: 0,
      stdout: `${join('home-of-maria', 'a.travel.lock')}\n`,
      stderr: 'home-of-maria/a.travel.lock: written, seed 7, 2 models\n',
    });
    expect(readdirSync(folder).sort()).toEqual(['a.travel', 'a.travel.lock']);
    const text = readFileSync(join(folder, 'a.travel.lock'), 'utf8');
    expect(text).not.toMatch(/maria|": "\/|[A-Za-z]:\\/);
    expect(lockIn(folder).models.map(({ kind, name }) => [kind, name])).toEqual([
      ['checkpoint', 'pocket.safetensors'],
      ['motion-module', 'mm_pocket.safetensors'],
    ]);

    // As Git writes it on Windows.
    writeFileSync(join(folder, 'a.travel.lock'), text.replaceAll('\n', '\r\n'));
    const second = await travel(['lock', 'home-of-maria/a.travel'], { cwd });
    expect(second).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('up to date') });
    expect(readFileSync(join(folder, 'a.travel.lock'), 'utf8')).toContain('\r\n');
  });

  it('asks for the seed of a file that picks one, and keeps that of its lock', async () => {
    const cwd = folderWith({ 'a.travel': RANDOM, 'wildcards/hair.txt': HAIR });
    const refused = await travel(['lock', 'a.travel'], { cwd });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/random seed .* --seed 42/) });
    expect(existsSync(join(cwd, 'a.travel.lock'))).toBe(false);
    done(await travel(['lock', 'a.travel', '--seed', '99'], { cwd }));
    expect(lockIn(cwd).rolled.map(({ written }) => written)).toEqual(['__hair__', '{red|green|black}']);
    writeFileSync(join(cwd, 'wildcards/hair.txt'), 'other');
    done(await travel(['lock', 'a.travel'], { cwd }));
    expect(lockIn(cwd)).toMatchObject({ seed: 99, rolled: [{ chosen: 'other' }, {}] });
  });

  it('writes nothing for files with errors, and replaces a damaged lock', async () => {
    const cwd = folderWith({
      'a.travel': SMALL,
      'bad.travel': '---\nsteps: none\n---\nfox',
      'a.travel.lock': '{"form',
    });
    const both = await travel(['lock', 'a.travel', 'bad.travel'], { cwd });
    expect(both).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^bad\.travel:2:8: error: /m) });
    expect(readFileSync(join(cwd, 'a.travel.lock'), 'utf8')).toBe('{"form');
    done(await travel(['lock', 'a.travel'], { cwd }));
    expect(lockIn(cwd).seed).toBe(7);
  });

  it.each([
    [['lock', '-'], 'ends in .travel'],
    [['lock', 'notes.txt'], 'ends in .travel'],
    [['lock', 'a.travel.lock'], 'Write the file that it locks: a.travel'],
    [['render', 'a.travel.lock'], 'Write the file that it locks: a.travel'],
    [['render', '-', '--locked'], 'Standard input has no lock file'],
    [['render', 'a.travel', '--locked', '--seed', '7'], 'cannot be used with'],
  ])('refuses %j', async (args, message) => {
    const cwd = folderWith({ 'a.travel': SMALL, 'notes.txt': 'fox', 'a.travel.lock': 'x' });
    const { code, stderr } = await travel(args, { cwd, stdin: SMALL });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });

  it('fails with 3 if it cannot write, and leaves nothing', async () => {
    const cwd = folderWith({ 'a.travel': SMALL, 'a.travel.lock': 'x' });
    chmodSync(join(cwd, 'a.travel.lock'), 0o444);
    const readOnly = await travel(['lock', 'a.travel'], { cwd });
    expect(readOnly).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('it is read-only') });
    rmSync(join(cwd, 'a.travel.lock'), { force: true });
    mkdirSync(join(cwd, 'a.travel.lock'));
    const folder = await travel(['lock', 'a.travel'], { cwd });
    expect(folder).toMatchObject({ code: 3, stderr: expect.stringContaining('not a file') });
    expect(readdirSync(cwd).sort()).toEqual(['a.travel', 'a.travel.lock']);
  });

  it.skipIf(process.platform === 'win32')('writes through a link', async () => {
    const cwd = folderWith({ 'a.travel': SMALL, 'locks/a': '' });
    symlinkSync(join('locks', 'a'), join(cwd, 'a.travel.lock'));
    done(await travel(['lock', 'a.travel'], { cwd }));
    expect(readFileSync(join(cwd, 'locks/a'), 'utf8')).toContain('"seed": 7');
  });
});

describe('travel render, with a lock', () => {
  it('renders a random file again on a computer without its wildcards, with the same pixels', async () => {
    const here = folderWith({ 'a.travel': RANDOM, 'wildcards/hair.txt': HAIR });
    done(await travel(['lock', 'a.travel', '--seed', '99'], { cwd: here }));
    done(await travel(['render', 'a.travel', '--seed', '99'], { cwd: here }));
    const lock = readFileSync(join(here, 'a.travel.lock'));
    const there = folderWith({ 'a.travel': RANDOM, 'a.travel.lock': lock });
    const rendered = await travel(['render', 'a.travel', '--locked'], { cwd: there });
    done(rendered);
    expect(rendered.stderr).not.toMatch(/lock|wildcard/i);
    expect(pixels(join(there, 'out'))).toEqual(pixels(join(here, 'out')));
    expect(readFileSync(join(there, 'a.travel.lock')).equals(lock)).toBe(true);
  });

  it('says what differs and renders, unless it is a try; with --locked it does not', async () => {
    const cwd = folderWith({
      'a.travel': SMALL.replace('seed: 7', 'seed: 7\nmotion_module: none\ncheckpoint: mine'),
      'm/mine.safetensors': POCKET,
    });
    const flags = ['--models', 'm'];
    done(await travel(['lock', 'a.travel', ...flags], { cwd }));
    const same = await travel(['render', 'a.travel', '--locked', ...flags], { cwd });
    done(same);
    expect(same.stderr).not.toContain('lock');

    // The last weight of the VAE: the file is as long as before, and renders.
    const changed = Buffer.from(POCKET);
    changed[changed.length - 2]! ^= 1;
    writeFileSync(join(cwd, 'm/mine.safetensors'), changed);
    const differs =
      /^a\.travel differs from its lock file\. The checkpoint “mine\.safetensors” is another file: its SHA-256/m;
    const rendered = await travel(['render', 'a.travel', ...flags], { cwd });
    done(rendered);
    expect(rendered.stderr.match(differs)).not.toBeNull();
    expect(rendered.stdout).toBe('out-2\n');
    const tried = await travel(['render', 'a.travel', '--set', 'steps=1', ...flags], { cwd });
    done(tried);
    expect(tried.stderr).not.toContain('lock');

    const locked = await travel(['render', 'a.travel', '--locked', ...flags], { cwd });
    expect(locked).toEqual({ code: 4, stdout: '', stderr: expect.stringMatching(differs) });
    expect(existsSync(join(cwd, 'out-4'))).toBe(false);

    renameSync(join(cwd, 'm/mine.safetensors'), join(cwd, 'm/other.safetensors'));
    const missing = await travel(['render', 'a.travel', '--locked', ...flags], { cwd });
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/^a\.travel\.lock: checkpoint mine\.safetensors, \d+ bytes, SHA-256 [0-9a-f]{64}$/m);
  });

  it.each([
    ['damaged', '{', /^a\.travel\.lock cannot be used\. It is not JSON/m],
    ['of a later version', '{"format": 2}', /^a\.travel\.lock cannot be used\. It has format 2.*Update/m],
    ['too large', ' '.repeat(5_000_000), /^a\.travel\.lock cannot be used\. It is too large/m],
  ])('renders with a lock that is %s, but not with --locked', async (_, lock, message) => {
    const cwd = folderWith({ 'a.travel': SMALL.replace('[png]', '[txt]'), 'a.travel.lock': lock });
    const rendered = await travel(['render', 'a.travel'], { cwd });
    expect(rendered).toMatchObject({ code: 0, stdout: 'out.txt\n', stderr: expect.stringMatching(message) });
    const locked = await travel(['render', 'a.travel', '--locked'], { cwd });
    expect(locked).toEqual({ code: 4, stdout: '', stderr: expect.stringMatching(message) });
  });

  it('needs a lock for --locked', async () => {
    const cwd = folderWith({ 'a.travel': RANDOM });
    const { code, stderr } = await travel(['render', 'a.travel', '--locked'], { cwd });
    expect(code).toBe(4);
    expect(stderr).toBe('a.travel.lock cannot be used. It was not found. Write it with travel lock a.travel.\n');
  });

  it('names the locked seed when the file picks another one', async () => {
    const cwd = folderWith({ 'a.travel': RANDOM.replace('__hair__, ', '').replace('[png]', '[txt]') });
    done(await travel(['lock', 'a.travel', '--seed', '99'], { cwd }));
    const { stderr } = await travel(['render', 'a.travel'], { cwd });
    expect(stderr).toMatch(
      /^a\.travel differs from its lock file\. The seed is \d+; locked: 99\. With --locked, the locked seed and choices are rendered\.$/m,
    );
  });
});

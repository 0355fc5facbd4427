import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, LORA } from '../../library/tree.ts';
import { safetensorsWith } from '../../weights/files.ts';
import { smallClip } from './small-clip.ts';
import { travel } from './travel.ts';

const POCKET = resolve(import.meta.dirname, '../../../models/pocket/pocket.safetensors');

const SMALL = smallClip('save: [png]');

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
      error: expect.stringContaining('is text, not a model.'),
    });
    expect(listed.code).toBe(0);
    expect((await travel(['models', '--json', 'broken.safetensors'], { cwd })).code).toBe(1);
  });

  it('reports folders of extra_model_paths.yaml that do not exist, and a file that cannot be read, once', async () => {
    const cwd = folderWith({
      'models/checkpoints/own.safetensors': LORA,
      'extra_model_paths.yaml': 'a111:\n  base_path: /nope/x\n  vae: models/VAE\n  loras: models/Lora\n',
      'Packages/ComfyUI/extra_model_paths.yaml': 'a111:\n\tbase_path: [\n',
    });
    const notice = /^.*extra_model_paths\.yaml names the folder .*x, which does not exist\. .*\n$/;
    const reason = /extra_model_paths\.yaml cannot be read: a tab cannot indent a line \(line 2, column 1\)\. /;
    const listed = await travel(['models', '.'], { cwd });
    expect(listed.stderr).toMatch(notice);
    expect(listed.stdout).toMatch(reason);
    const json = await travel(['models', '--json', '.'], { cwd });
    expect(json.stderr).toMatch(notice);
    expect(JSON.parse(json.stdout)).toContainEqual({
      path: join(cwd, 'Packages/ComfyUI/extra_model_paths.yaml'),
      error: expect.stringMatching(reason),
    });
    const doctor = (await travel(['doctor', '--models', '.'], { cwd })).stdout.split('\n');
    expect(doctor.filter((line) => line.startsWith('Note '))).toEqual([
      expect.stringContaining('which does not exist'),
    ]);
    expect(doctor.filter((line) => line.startsWith('Not usable '))).toEqual([expect.stringMatching(reason)]);
    const one = await travel(['models', 'models/checkpoints/own.safetensors', '--models', '.'], { cwd });
    expect(one.stderr).toBe('');
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
  it('names the ffmpeg that is set, as renders use it', async () => {
    const cwd = folderWith({ 'no-program': '' });
    const row = async (path: string) => {
      const { stdout } = await travel(['doctor', '--models', '.', '--ffmpeg', path], { cwd });
      return stdout.split('\n').find((line) => line.startsWith('ffmpeg'));
    };
    expect(await row('/nope')).toMatch(/^ffmpeg +\/nope is not a program$/);
    expect(await row(process.execPath)).toMatch(/ is not ffmpeg$/);
  });

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

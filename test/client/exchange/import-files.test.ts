import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { importableFile } from '../../../rendering/importable-file.ts';
import { documentAt, fake, Uri } from '../vscode.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { importFiles } = await import('../../../client/exchange/import-files.ts');
const { offerNotesOfFix } = await import('../../../client/exchange/notes.ts');
const { sourcesOf } = await import('../../../exchange/sources.ts');
const { SCHEDULE, services, setUp } = await import('./services.ts');

setUp();

describe('Import', () => {
  it('opens a document for each file that is chosen', async () => {
    fake.openDialog = [Uri.file('/clips/request.json'), Uri.file('/clips/schedule.txt')];
    await importFiles(services);
    expect(fake.shown.map(({ languageId }) => languageId)).toEqual(['travel', 'travel']);
    expect(fake.shown[0]!.text).toContain('\nsteps: 9\n');
    expect(fake.shown[0]!.text).toContain('\n0: a\n8: b\n');
    expect(fake.shown[1]!.text).toContain('\n0: red\n8: blue\n');
  });

  it('does nothing if no file is chosen', async () => {
    await importFiles(services);
    expect([fake.shown, fake.messages]).toEqual([[], []]);
  });

  it('opens what it can, and says why it cannot import the others', async () => {
    await importFiles(
      services,
      ['schedule.txt', 'broken.json', 'missing.json'].map((name) => Uri.file(`/clips/${name}`)),
    );
    expect(fake.shown).toHaveLength(1);
    expect(fake.messages.filter(({ kind }) => kind === 'error').map(({ text }) => text)).toEqual([
      expect.stringMatching(/^broken\.json could not be imported: .+\nmissing\.json could not be imported: .+/),
    ]);
  });

  it('shows what could not be carried over, only if asked', async () => {
    fake.answers = ['Show Notes'];
    await importFiles(services, [Uri.file('/clips/request.json')]);
    await expect.poll(() => fake.shown.length).toBe(2);
    expect(fake.shown[0]!.text).not.toContain('#');
    expect(fake.shown[1]!).toMatchObject({ languageId: 'markdown' });
    expect(fake.shown[1]!.text).toMatch(/^# request\.json\n\n(\* .+\n)*\* Hires fix/);
  });

  it('adds it as comments to the settings', async () => {
    fake.answers = ['Add as Comments'];
    await importFiles(services, [Uri.file('/clips/request.json')]);
    await expect.poll(() => fake.edits.length).toBe(1);
    const [insert] = fake.edits[0]!.replaced;
    expect(insert!.range.start).toMatchObject({ line: 1, character: 0 });
    expect(insert!.text).toMatch(/^(# .+\n)+$/);
  });

  describe('of a workflow with several clips', () => {
    const sampler = (seed: number, title: string) => ({
      class_type: 'KSampler',
      inputs: { seed, latent_image: ['5', 0] },
      _meta: { title },
    });
    const output = (node: string) => ({ class_type: 'SaveImage', inputs: { images: [node, 0] } });
    const workflow = JSON.stringify({
      '1': sampler(5, 'Fox'),
      '2': output('1'),
      '3': sampler(6, 'Sea'),
      '4': output('3'),
      '5': { class_type: 'EmptyLatentImage', inputs: { width: 384, height: 256, batch_size: 1 } },
    });
    const files = ['workflow.json', 'schedule.txt'].map((name) => Uri.file(`/clips/${name}`));
    beforeEach(() => fake.files.set('/clips/workflow.json', workflow));

    it('asks which one, and imports it', async () => {
      fake.picks = ['Sea'];
      await importFiles(services, files.slice(0, 1));
      expect(fake.lists).toEqual([['Fox', 'Sea']]);
      expect(fake.items[0]).toMatchObject([
        { description: 'node 1, 1 frame, 384 × 256' },
        { description: 'node 3, 1 frame, 384 × 256' },
      ]);
      expect(fake.shown).toHaveLength(1);
      expect(fake.shown[0]!.text).toContain('\nseed: 6\n');
    });

    it('has no note about the others, which were offered', async () => {
      fake.picks = ['Fox'];
      fake.answers = ['Show Notes'];
      await importFiles(services, files.slice(0, 1));
      await expect.poll(() => fake.shown.length).toBe(2);
      expect(fake.shown[0]!.text).toContain('\nseed: 5\n');
      expect(fake.shown[1]!.text).not.toContain('clips');
    });

    it('goes on to the next file if none is chosen', async () => {
      await importFiles(services, files);
      expect(fake.shown).toHaveLength(1);
      expect(fake.shown[0]!.text).toContain('0: red');
      expect(fake.messages.filter(({ kind }) => kind === 'error')).toEqual([]);
    });
  });

  it('reads no images where no program can', async () => {
    fake.files.set('/clips/image.png', '\0');
    await importFiles(services, [Uri.file('/clips/image.png')]);
    expect(fake.messages).toMatchObject([{ kind: 'error', text: expect.stringContaining('on a desktop') }]);
  });

  it('leaves images to the program that reads them, and text files to nobody', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'import-'));
    try {
      const [image, text] = [join(folder, 'image'), join(folder, 'text')];
      writeFileSync(image, Buffer.from([137, 80, 78, 71, 0, 1]));
      writeFileSync(text, SCHEDULE);
      const asked: string[] = [];
      const engine = {
        async texts(path: string) {
          asked.push(path);
          return { ok: true as const, texts: [{ field: 'parameters', text: 'a' }] };
        },
      };
      const read = async (path: string) => (await sourcesOf(await importableFile(path, () => engine))).sources;
      expect(await read(image)).toEqual([{ field: 'parameters', text: 'a' }]);
      expect(await read(text)).toEqual([{ text: SCHEDULE }]);
      expect(asked).toEqual([image]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a quick fix that cannot carry over everything', () => {
  it('shows it, and adds it as comments only if asked', async () => {
    fake.documents.push(documentAt('/clips/fox.travel', { text: '0: a\n' }));
    offerNotesOfFix('file:///clips/fox.travel', ['Not converted: strength']);
    expect(fake.messages.map(({ text }) => text)).toEqual([
      'Text in fox.travel was imported. Not everything could be carried over (1 note).',
    ]);
    expect(fake.edits).toEqual([]);
    fake.answers = ['Add as Comments'];
    offerNotesOfFix('file:///clips/fox.travel', ['Not converted: strength']);
    await expect.poll(() => fake.edits.length).toBe(1);
    expect(fake.edits[0]!.replaced).toMatchObject([{ text: '# Not converted: strength\n' }]);
  });
});

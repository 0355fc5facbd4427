import { describe, expect, it, vi } from 'vitest';
import { made, provider, replaced, titles, token, transfer } from './exchange/edits.ts';
import { documentAt, events, type FakeDocument, fake, Position, Range } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { registerPaste } = await import('../../client/paste.ts');
const { client, REQUEST, SCHEDULE, server, setUp } = await import('./exchange/services.ts');

setUp();

describe('text that is pasted into a document', () => {
  registerPaste(client);
  const paste = (document: FakeDocument, clipboard: string, [start, end] = [new Position(0, 0), new Position(0, 0)]) =>
    provider('paste text/plain').provideDocumentPasteEdits(
      document,
      [new Range(start!, end!)],
      transfer('text/plain', clipboard),
      null,
      token,
    );
  const withText = (text: string) => documentAt('/clips/new.travel', { text });
  const CLI = '{"prompt_map": {"0": "a", "8": "b"}, "frobnicate": 1}';
  const DEFORUM = '{"prompts": {"0": "a", "20": "b"}, "animation_mode": "2D", "max_frames": 40}';
  const INFOTEXT = 'fox\nNegative prompt: blurry\nSteps: 9, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x512';
  const WORKFLOW = JSON.stringify({
    1: { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['2', 1] } },
    2: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'a.safetensors' } },
    3: {
      class_type: 'KSampler',
      inputs: {
        seed: 1,
        steps: 9,
        cfg: 7,
        sampler_name: 'euler',
        scheduler: 'normal',
        denoise: 1,
        model: ['2', 0],
        positive: ['1', 0],
        negative: ['1', 0],
        latent_image: ['4', 0],
      },
    },
    4: { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 16 } },
    5: { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['2', 2] } },
    6: { class_type: 'SaveImage', inputs: { images: ['5', 0] } },
  });
  const FILES = [
    ['a configuration of animatediff-cli', CLI, false],
    ['settings of Deforum', DEFORUM, false],
    ['generation parameters', INFOTEXT, false],
    ['a request', REQUEST, true],
    ['a workflow', WORKFLOW, true],
  ] as const;

  it.each(FILES)('is converted in an empty document, or on request: %s', async (_, text, isOnRequest) => {
    const edits = await paste(withText(''), text);
    expect(titles(edits)).toEqual(['Convert to Travel']);
    expect(edits![0]!.yieldTo.map(({ value }) => value)).toEqual(isOnRequest ? ['text'] : []);
    expect(edits![0]!.additionalEdit!.replaced[0]!.text).toMatch(/^---\n/);
  });

  it.each(FILES)('can be opened as a document of its own if there is text: %s', async (_, text) => {
    const document = withText('0: mine');
    const edits = await paste(document, text);
    expect(titles(edits)).toEqual(['Open as Travel']);
    expect(edits![0]!.yieldTo.map(({ value }) => value)).toEqual(['text']);
    expect((await made(edits![0]!)).uri.toString()).toBe('untitled:Pasted');
    expect(document.text).toBe('0: mine');
  });

  it('replaces a document that is selected', async () => {
    const document = withText('0: mine');
    expect(titles(await paste(document, REQUEST, [new Position(0, 0), new Position(0, 7)]))).toEqual([
      'Convert to Travel',
    ]);
    expect(titles(await paste(document, REQUEST, [new Position(0, 0), new Position(0, 6)]))).toEqual([
      'Open as Travel',
    ]);
  });

  it('shows what could not be carried over afterwards, only if it changes the clip', async () => {
    for (const [text, count] of [
      [CLI, 1],
      [SCHEDULE, 0],
    ] as const) {
      fake.reset();
      const document = withText('');
      const [edit] = (await paste(document, text))!;
      replaced(document, edit!);
      expect(document.text).not.toContain('#');
      expect(fake.messages).toHaveLength(count);
      if (count > 0) {
        expect(fake.messages[0]!.text).toBe(
          'The pasted text was imported. Not everything could be carried over (1 note).',
        );
      }
    }
  });

  it.each([
    ['a prompt', '', 'a fox, 0: red'],
    ['a .travel file', '', '---\nframes: 8\n---\n0: a\n'],
    ['broken JSON', '', '{"prompt": '],
    ['a schedule, which is a part of a document', '0: mine', SCHEDULE],
  ])('stays as it is: %s', async (_, text, clipboard) => {
    expect(await paste(withText(text), clipboard)).toEqual([]);
  });

  it('becomes keyframes and settings', async () => {
    server.converted = {
      text: '0: red\n8: blue\n',
      settings: { position: { line: 1, character: 0 }, text: 'seed: 7\n' },
      notes: ['Not converted: strength'],
    };
    const document = withText('---\n---\n0: mine\n');
    const edits = await paste(document, SCHEDULE, [new Position(2, 0), new Position(2, 7)]);
    expect(titles(edits)).toEqual(['Convert to Travel']);
    expect(edits![0]).toMatchObject({ insertText: '0: red\n8: blue\n', yieldTo: [] });
    expect(edits![0]!.additionalEdit!.replaced).toMatchObject([{ text: 'seed: 7\n' }]);
    expect(fake.messages).toEqual([]);
    // VS Code inserts it with indents of its own.
    document.text = '---\nseed: 7\n---\n0: red\n  8: blue\n\n';
    events.changedText.fire({ document });
    expect(fake.messages.map(({ text }) => text)).toEqual([
      'The pasted text was imported. Not everything could be carried over (1 note).',
    ]);
  });

  it('shows notes also if the other edit that was offered is chosen', async () => {
    server.converted = { text: '0: a\n8: b\n', settings: null, notes: ['Not converted: frobnicate'] };
    const document = withText('0: mine\n');
    const edits = await paste(document, CLI, [new Position(1, 0), new Position(1, 0)]);
    expect(titles(edits)).toEqual(['Convert to Travel', 'Open as Travel']);
    document.text = '0: mine\n0: a\n8: b\n';
    events.changedText.fire({ document });
    expect(fake.messages).toHaveLength(1);
    await made(edits![1]!);
    await expect.poll(() => fake.messages.length).toBe(2);
  });
});

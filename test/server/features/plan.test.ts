import { afterEach, describe, expect, it, vi } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { PlanAnswer, type RenderWhat } from '../../../protocol/plan-request.ts';
import { OpenDocuments } from '../../../server/documents/open-documents.ts';
import { hoverOf } from '../../../server/features/hover.ts';
import { planOf } from '../../../server/features/plan.ts';
import { rollSeedOf } from '../../../server/features/roll-seed.ts';
import type { ServerHost } from '../../../server/hosts/server-host.ts';
import { type Files, serverHost, travelEnvironment, URI } from '../hosts.ts';

const COLORS: Files = { wildcards: { color: ['red', 'green', 'blue', 'pink', 'gray', 'cyan'] } };

/** An open document, version 1, whose seeds are 1, 2, 3, … */
function opened(text: string, host: ServerHost = serverHost(COLORS)) {
  let seed = 1;
  const documents = new OpenDocuments(host, () => seed++);
  const source = TextDocument.create(URI, 'travel', 1, text);
  documents.open(source);
  /** The answer as it is sent, checked as in the client. */
  const ask = async (version = source.version, what: RenderWhat = { kind: 'clip' }) =>
    PlanAnswer.parse(
      JSON.parse(JSON.stringify(await planOf(documents, host, { uri: URI, version, what }, () => false))),
    );
  const plan = async () => {
    const answer = await ask();
    if (answer.kind !== 'plan') throw new Error(`There is no plan: ${JSON.stringify(answer)}`);
    return answer.plan;
  };
  return { documents, host, source, ask, plan };
}

afterEach(() => vi.useRealTimers());

describe('a plan', () => {
  it('is what hover shows and has the seed of the diagnostics, until another seed is rolled', async () => {
    const { documents, host, source, plan } = opened('0: a __color__ cat in {paris|rome|oslo}\n');
    const hovered = async () => {
      const analysis = await documents.settled(URI, () => false);
      return JSON.stringify(await hoverOf(analysis!, { line: 0, character: 0 }, host));
    };
    const seen = new Set<string>();
    for (let seed = 1; seed <= 8; seed++) {
      const { sampling, prompts } = await plan();
      expect(sampling.seed).toBe(seed);
      expect(prompts[0]!.text).toMatch(/^a \w+ cat in \w+$/);
      expect(await hovered()).toContain(`\\n${prompts[0]!.text}\\n`);
      expect((await plan()).prompts).toEqual(prompts);
      seen.add(prompts[0]!.text);
      expect(await rollSeedOf(documents, { uri: URI })).toEqual({ kind: 'rolled', seed: seed + 1 });
    }
    expect(seen.size).toBeGreaterThan(1);
    expect(source.getText()).toBe('0: a __color__ cat in {paris|rome|oslo}\n');
  });

  it('has the locked seed and choices, also if a wildcard is gone, and only if it is asked for', async () => {
    const { ask, plan } = opened('0: a __gone__ cat in {paris|rome|oslo}\n');
    expect((await ask()).kind).toBe('errors');
    const rolled = [
      { written: '__gone__', chosen: 'tabby' },
      { written: '{paris|rome|oslo}', chosen: 'rome' },
    ];
    const answer = await ask(1, { kind: 'clip', locked: { seed: 77, rolled } });
    expect(answer).toMatchObject({
      kind: 'plan',
      isRandom: false,
      plan: { sampling: { seed: 77 }, prompts: [{ text: 'a tabby cat in rome' }, {}], rolled },
    });
    await expect(plan()).rejects.toThrow('There is no plan');
  });

  it('has the seed of the file, whatever is locked', async () => {
    const answer = await opened('---\nseed: 5\n---\ncat\n').ask(1, { kind: 'clip', locked: { seed: 77, rolled: [] } });
    expect(answer).toMatchObject({ kind: 'plan', isRandom: false, plan: { sampling: { seed: 5 } } });
    expect(await opened('cat\n').ask()).toMatchObject({ kind: 'plan', isRandom: true });
  });

  it('has the same errors as the diagnostics, which may depend on the seed', async () => {
    const { documents, ask } = opened('0: {a|<lora:missing:1>} cat\n');
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 30; seed++) {
      const errors = (await documents.settled(URI, () => false))!.problems.map(({ message }) => message);
      const answer = await ask();
      kinds.add(answer.kind);
      if (errors.length === 0) expect(answer.kind).toBe('plan');
      else {
        const missing = { models: [{ kind: 'LoRA', name: 'missing' }], folders: ['/models'] };
        expect(answer).toEqual({ kind: 'errors', version: 1, count: errors.length, first: errors[0], missing });
      }
      await rollSeedOf(documents, { uri: URI });
    }
    expect([...kinds].sort()).toEqual(['errors', 'plan']);
  });

  it('names the models that are missing, of all kinds', async () => {
    const all = '---\ncheckpoint: a\nvae: b\nmotion_module: c\n---\n0: <lora:d:1> cat\n';
    expect(await opened(all).ask()).toMatchObject({
      missing: {
        models: [
          { kind: 'checkpoint', name: 'a' },
          { kind: 'VAE', name: 'b' },
          { kind: 'motion module', name: 'c' },
          { kind: 'LoRA', name: 'd' },
        ],
        folders: ['/models'],
      },
    });
    const host = serverHost({ models: { checkpoint: ['toonyou'] } });
    const { ask } = opened('---\ncheckpoint: toonyou\n---\n0: a\n', host);
    expect(await ask()).toMatchObject({ missing: { models: [{ kind: 'motion module', name: null }] } });
    const wrong = await opened('---\nframes: 0\n---\n0: a\n').ask();
    expect(wrong.kind === 'errors' && wrong.missing).toBeUndefined();
    expect(wrong.kind).toBe('errors');
  });

  it('counts errors only', async () => {
    const { ask } = opened('---\ncheckpoint: nowhere\n---\n8: a\n0: b\n');
    expect(await ask()).toMatchObject({ kind: 'errors', count: 1, first: expect.stringContaining('nowhere') });
  });

  it('is of the version that was asked for', async () => {
    const { source, ask, documents, host } = opened('0: a\n');
    expect(await ask(2)).toEqual({ kind: 'outdated' });
    const asked = ask(1);
    TextDocument.update(source, [{ text: '0: b\n' }], 2);
    expect(await asked).toEqual({ kind: 'outdated' });
    expect(await ask(1)).toEqual({ kind: 'outdated' });
    expect(await ask(2)).toMatchObject({ kind: 'plan', version: 2, plan: { source: '0: b\n' } });
    documents.close(URI);
    expect(await planOf(documents, host, { uri: URI, version: 2, what: { kind: 'clip' } }, () => false)).toEqual({
      kind: 'outdated',
    });
  });

  it('is not built if files are not read', async () => {
    const { ask } = opened('0: a\n', { ...serverHost(), hasFiles: () => false });
    expect(await ask()).toEqual({ kind: 'no-files' });
  });

  it('has the files that only a plan asks for: embeddings and the output folder', async () => {
    const { plan } = opened('0: a, easynegative\n', serverHost({ models: { embedding: ['easynegative'] } }));
    const { embeddings, output, name } = await plan();
    expect(embeddings).toMatchObject([
      { name: 'easynegative', file: { path: '/models/embedding/easynegative.safetensors' } },
    ]);
    expect(output.base).toMatch(/^\/videos\/./);
    expect(name).toBe('video');
  });

  it('has the files as they are when it is asked for', async () => {
    let mtimeMs = 1;
    const environment = travelEnvironment();
    const { plan } = opened('0: a\n', {
      ...serverHost(),
      settle: async (_uri, work) =>
        work({
          ...environment,
          resolveModel(kind, name) {
            const model = environment.resolveModel(kind, name);
            return model && { ...model, file: { ...model.file, mtimeMs } };
          },
        }),
    });
    expect((await plan()).models.checkpoint.mtimeMs).toBe(1);
    mtimeMs = 2;
    expect((await plan()).models.checkpoint.mtimeMs).toBe(2);
  });

  it('has the time at which it is asked for in its output path', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(new Date(2030, 0, 2, 3, 4, 5));
    const { plan } = opened('---\noutput: "{date} {time}"\n---\n0: a\n');
    const first = (await plan()).output.base;
    expect(first).toContain('2030');
    vi.setSystemTime(new Date(2031, 0, 2, 3, 4, 5));
    expect((await plan()).output.base).toBe(first.replace('2030', '2031'));
  });
});

describe('what to render', () => {
  const text = '---\nframes: 32\nsteps: 20\nsampler: Euler\n---\n0: a\n16: b\n';

  it('is a draft of the same version', async () => {
    const { ask } = opened(text);
    expect(await ask(1, { kind: 'draft' })).toMatchObject({
      kind: 'plan',
      note: 'Draft: 384×384 instead of 512×512, 10 of 20 steps, every second frame.',
      plan: { source: text, width: 384, sampling: { seed: 1 } },
    });
    expect(await ask()).toMatchObject({ kind: 'plan', note: '', plan: { width: 512 } });
  });

  it('is one frame, in the folder of the client', async () => {
    const { ask } = opened(text);
    expect(await ask(1, { kind: 'frame', frame: 20, folder: '/cache/previews' })).toMatchObject({
      kind: 'plan',
      note: expect.stringContaining('may differ'),
      plan: { frames: { length: 16 }, output: { base: '/cache/previews/video-20', formats: ['png'] } },
    });
  });

  it('is a part, as on the command line', async () => {
    const { ask, plan } = opened(text);
    const whole = await plan();
    expect(await ask(1, { kind: 'frames', from: 4, to: 6 })).toEqual({
      kind: 'plan',
      isRandom: true,
      version: 1,
      note: '',
      plan: { ...whole, output: { ...whole.output, order: [4, 5, 6] } },
    });
  });

  it('has other settings, which may name files that the document does not', async () => {
    const { ask } = opened(text, serverHost({ models: { checkpoint: ['other'] } }));
    const settings = { steps: '7', seed: '99', checkpoint: 'other', motion_module: 'pocket' };
    expect(await ask(1, { kind: 'clip', settings })).toMatchObject({
      kind: 'plan',
      plan: {
        sampling: { steps: 7, seed: 99 },
        models: { checkpoint: { path: '/models/checkpoint/other.safetensors' } },
      },
    });
    expect(await ask()).toMatchObject({ plan: { sampling: { steps: 20, seed: 1 } } });
  });

  it.each<[RenderWhat, RegExp]>([
    [{ kind: 'frame', frame: 32, folder: '/cache' }, /^Frame 32 is outside the clip/],
    [{ kind: 'frames', from: 30, to: 32 }, /^Frames 30-32 are not a valid range/],
    [{ kind: 'frames', from: 7, to: 4 }, /^Frames 7-4 are not a valid range/],
    [{ kind: 'clip', settings: { step: '4' } }, /Did you mean “steps”/],
    [{ kind: 'clip', settings: { steps: 'many' } }, /steps/],
    [{ kind: 'clip', settings: { extends: 'a.travel' } }, /only be set in a file/],
    [{ kind: 'clip', settings: { checkpoint: 'nowhere' } }, /nowhere/],
  ])('is refused if it does not fit: %j', async (what, reason) => {
    const { ask } = opened(text);
    expect(await ask(1, what)).toEqual({ kind: 'refused', version: 1, reason: expect.stringMatching(reason) });
  });

  it.each<RenderWhat>([
    { kind: 'draft' },
    { kind: 'frame', frame: 0, folder: '/c' },
    { kind: 'frames', from: 0, to: 1 },
  ])('is not rendered of a file with errors: $kind', async (what) => {
    const { ask } = opened('---\ncheckpoint: nowhere\n---\n0: a\n');
    expect(await ask(1, what)).toMatchObject({ kind: 'errors', count: 1, first: expect.stringContaining('nowhere') });
  });

  it('is of the version that was asked for, even if someone types meanwhile', async () => {
    const { source, ask } = opened(text);
    const asked = ask(1, { kind: 'frames', from: 0, to: 1 });
    TextDocument.update(source, [{ text: '0: b\n' }], 2);
    expect(await asked).toEqual({ kind: 'outdated' });
  });
});

describe('rolling a seed', () => {
  it('changes nothing if the file, or one that it extends, sets the seed', async () => {
    const { documents, plan } = opened('---\nseed: 7\n---\n0: a\n');
    expect(await rollSeedOf(documents, { uri: URI })).toEqual({ kind: 'fixed', seed: 7 });
    expect((await plan()).sampling.seed).toBe(7);
    const extended = opened(
      '---\nextends: base.travel\n---\n0: a\n',
      serverHost({ travel: { 'base.travel': '---\nseed: 8\n---\n' } }),
    );
    expect(await rollSeedOf(extended.documents, { uri: URI })).toEqual({ kind: 'fixed', seed: 8 });
  });

  it('needs an open document', async () => {
    const { documents } = opened('0: a\n');
    expect(await rollSeedOf(documents, { uri: 'file:///videos/closed.travel' })).toEqual({ kind: 'not-open' });
  });
});

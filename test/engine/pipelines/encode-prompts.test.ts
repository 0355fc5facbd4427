import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChunkInput } from '../../../engine/models/text-encoder/text-encoder.ts';
import { encodePrompts } from '../../../engine/pipelines/encode-prompts.ts';
import { loadTokenizer } from '../../../engine/tokenizer.ts';
import type { PlanFrame, TravelPlan } from '../../../plan/plan.ts';
import { plainSampling } from '../../plan/sampling.ts';

const frame = (positive: number, negative: number): PlanFrame => ({
  index: 0,
  positive: { from: positive, to: positive, t: 0 },
  negative: { from: negative, to: negative, t: 0 },
  cfgScale: 7,
  motionScale: 1,
  loras: [],
});

/** Encodes a token as its id, so that results are readable, and records its calls. */
class FakeEncoder {
  readonly tokens = 77;
  readonly width = 2;
  readonly asked: { chunk: ChunkInput; strengths: readonly number[] }[] = [];

  async encode(chunks: readonly ChunkInput[], strengths: readonly number[] = []): Promise<Float32Array[]> {
    return chunks.map((chunk) => {
      this.asked.push({ chunk, strengths });
      return Float32Array.from(chunk.ids.flatMap((id, i) => [...(chunk.vectors.get(i) ?? [id, -id])]));
    });
  }
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'travel-encode-'));
});
afterEach(() => rm(folder, { recursive: true }));

const file = (path: string) => ({ path, size: 1, mtimeMs: 1 });

interface Changes extends Partial<Pick<TravelPlan, 'models' | 'embeddings'>> {
  readonly cacheFolder?: string;
  /** Weight of the LoRA in each prompt. */
  readonly loraWeight?: number;
}

const MODELS: TravelPlan['models'] = {
  checkpoint: file('/models/checkpoint'),
  vae: null,
  motionModule: null,
  clipSkip: 1,
  unload: false,
};
const EMBEDDINGS: TravelPlan['embeddings'] = [{ name: 'bad', file: file('/models/bad') }];

/** Encodes a positive and a negative prompt. */
async function encode(
  texts: [positive: string, negative: string],
  { cacheFolder, loraWeight = 0.5, models = MODELS, embeddings = EMBEDDINGS }: Changes = {},
) {
  const encoder = new FakeEncoder();
  const prompts = await encodePrompts(
    {
      prompts: texts.map((text) => ({ text, loras: [{ lora: 0, weight: loraWeight }] })),
      frames: [frame(0, 1)],
      models,
      loras: [{ name: 'ears', file: file('/models/ears') }],
      embeddings,
      emphasis: 'Original',
      sampling: plainSampling({ steps: 10, seed: 1 }),
    },
    {
      encoder,
      tokenizer: await loadTokenizer(),
      embeddings: new Map([['bad', [Float32Array.of(5, 6), Float32Array.of(7, 8)]]]),
      cacheFolder: cacheFolder ?? null,
    },
  );
  return { prompts, asked: encoder.asked };
}

describe('encodePrompts', () => {
  it('encodes a prompt only for the roles that it has', async () => {
    const { prompts } = await encode(['a cat AND a dog', 'a cat AND a dog']);
    expect(prompts[0]!.positive).toHaveLength(2);
    expect(prompts[0]!.negative).toHaveLength(0);
    expect(prompts[1]!.positive).toHaveLength(0);
    expect(prompts[1]!.negative).toHaveLength(1);
  });

  it('encodes every variant of a step schedule, and a repeated text only once', async () => {
    const { prompts, asked } = await encode(['[cat|dog]', '']);
    const [part] = prompts[0]!.positive;
    expect(part!.variants).toHaveLength(10);
    expect(part!.variants[0]!.encoding.data).toEqual(part!.variants[2]!.encoding.data);
    expect(part!.variants[0]!.encoding.data).not.toEqual(part!.variants[1]!.encoding.data);
    expect(asked).toHaveLength(3);
  });

  it('puts the vectors of embeddings in place of tokens and passes LoRA strengths on', async () => {
    const { asked } = await encode(['a bad cat', '']);
    expect([...asked[0]!.chunk.vectors]).toEqual([
      [2, Float32Array.of(5, 6)],
      [3, Float32Array.of(7, 8)],
    ]);
    expect(asked[0]!.strengths).toEqual([0.5]);
  });

  it('caches encodings on disk', async () => {
    const first = await encode(['a cat', ''], { cacheFolder: folder });
    const again = await encode(['a cat', ''], { cacheFolder: folder });
    expect(again.asked).toHaveLength(0);
    expect(again.prompts).toEqual(first.prompts);
    expect((await encode(['a dog', ''], { cacheFolder: folder })).asked).toHaveLength(1);
  });

  it.each<[string, Changes]>([
    ['the strength of a LoRA', { loraWeight: 0.6 }],
    ['the checkpoint', { models: { ...MODELS, checkpoint: file('/models/other') } }],
    ['the state of the checkpoint', { models: { ...MODELS, checkpoint: { ...MODELS.checkpoint, mtimeMs: 2 } } }],
    ['clip skip', { models: { ...MODELS, clipSkip: 2 } }],
    ['an embedding', { embeddings: [{ name: 'bad', file: { ...file('/models/bad'), size: 2 } }] }],
  ])('encodes again when %s changes', async (_, changes) => {
    await encode(['a cat', ''], { cacheFolder: folder });
    expect((await encode(['a cat', ''], { cacheFolder: folder, ...changes })).asked).toHaveLength(2);
  });

  it('encodes again when a cached file is truncated', async () => {
    await encode(['a cat', ''], { cacheFolder: folder });
    for (const file of await readdir(folder)) await truncate(join(folder, file), 100);
    expect((await encode(['a cat', ''], { cacheFolder: folder })).asked).toHaveLength(2);
  });

  it('encodes again when a value in a cached file has changed', async () => {
    await encode(['a cat', ''], { cacheFolder: folder });
    for (const file of await readdir(folder)) {
      const bytes = await readFile(join(folder, file));
      bytes[bytes.length - 1]! ^= 1;
      await writeFile(join(folder, file), bytes);
    }
    expect((await encode(['a cat', ''], { cacheFolder: folder })).asked).toHaveLength(2);
    expect((await encode(['a cat', ''], { cacheFolder: folder })).asked).toHaveLength(0);
  });

  describe('evicts from the cache', () => {
    const other = (digit: string, ending = '.f32') => `${digit.repeat(64)}${ending}`;
    const DAY_MS = 24 * 60 * 60 * 1000;
    const put = async (name: string, days: number, size = 1) => {
      await writeFile(join(folder, name), '');
      await truncate(join(folder, name), size);
      const used = new Date(Date.now() - days * DAY_MS);
      await utimes(join(folder, name), used, used);
    };

    it('what was not used for 30 days, also what a killed render left', async () => {
      await put(other('a'), 31);
      await put(other('b', '.f32.123'), 31);
      await put(other('c'), 29);
      await put('notes.txt', 400);
      await encode(['a cat', ''], { cacheFolder: folder });
      const names = await readdir(folder);
      expect(names).toHaveLength(4);
      expect(names).toEqual(expect.arrayContaining([other('c'), 'notes.txt']));
    });

    it('what was not used for the longest time, if it is larger than 1 GiB', async () => {
      await put(other('a'), 2, 2 ** 29);
      await put(other('b'), 1, 2 ** 29);
      await encode(['a cat', ''], { cacheFolder: folder });
      const names = await readdir(folder);
      expect(names).toHaveLength(3);
      expect(names).toContain(other('b'));
    });

    it('not what is used again', async () => {
      await encode(['a cat', ''], { cacheFolder: folder });
      const [cat] = await readdir(folder);
      await utimes(join(folder, cat!), new Date(0), new Date(0));
      await encode(['a cat', ''], { cacheFolder: folder });
      await encode(['a dog', ''], { cacheFolder: folder });
      expect(await readdir(folder)).toContain(cat);
    });
  });

  it('works without a writable cache', async () => {
    const path = join(folder, 'a file');
    await writeFile(path, '');
    const { prompts } = await encode(['a cat', ''], { cacheFolder: join(path, 'cache') });
    expect(prompts[0]!.positive).toHaveLength(1);
  });
});

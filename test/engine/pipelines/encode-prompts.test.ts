import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChunkInput } from '../../../engine/models/text-encoder/text-encoder.ts';
import { EncodingCache, encodePrompts } from '../../../engine/pipelines/encode-prompts.ts';
import { loadTokenizer } from '../../../engine/tokenizer.ts';
import type { PlanFrame } from '../../../plan/plan.ts';

const frame = (positive: number, negative: number): PlanFrame => ({
  index: 0,
  positive: { from: positive, to: positive, t: 0 },
  negative: { from: negative, to: negative, t: 0 },
  cfgScale: 7,
  motionScale: 1,
  loras: [],
});

/** Encodes a token as its id, so that results can be read; counts what it is asked. */
class StandIn {
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

async function encode(texts: string[], { frames = [frame(0, 1)], cache = null as string | null, model = 'm' } = {}) {
  const encoder = new StandIn();
  const prompts = await encodePrompts(
    {
      prompts: texts.map((text) => ({ text, loras: [] })),
      frames,
      emphasis: 'Original',
      sampling: { sampler: 'Euler', schedule: 'uniform', steps: 10, seed: 1, rng: 'cpu' },
    },
    {
      encoder,
      tokenizer: await loadTokenizer(),
      embeddings: new Map([['bad', [Float32Array.of(5, 6), Float32Array.of(7, 8)]]]),
      loraStrengths: () => [0.5],
      cache: new EncodingCache(cache, model),
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

  it('gives every variant of a step schedule its own encoding, and encodes a text that comes back only once', async () => {
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

  it('keeps encodings on disk by model and text', async () => {
    const first = await encode(['a cat', ''], { cache: folder });
    const again = await encode(['a cat', ''], { cache: folder });
    expect(again.asked).toHaveLength(0);
    expect(again.prompts).toEqual(first.prompts);
    expect((await encode(['a dog', ''], { cache: folder })).asked).toHaveLength(1);
    expect((await encode(['a cat', ''], { cache: folder, model: 'other' })).asked).toHaveLength(2);
  });

  it('encodes again where a kept file was cut off', async () => {
    await encode(['a cat', ''], { cache: folder });
    for (const file of await readdir(folder)) await truncate(join(folder, file), 100);
    expect((await encode(['a cat', ''], { cache: folder })).asked).toHaveLength(2);
  });

  it('works without a cache that can be written', async () => {
    const file = join(folder, 'a file');
    await writeFile(file, '');
    const { prompts } = await encode(['a cat', ''], { cache: join(file, 'cache') });
    expect(prompts[0]!.positive).toHaveLength(1);
  });
});

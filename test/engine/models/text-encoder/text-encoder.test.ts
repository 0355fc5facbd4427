import { afterAll, describe, expect, it } from 'vitest';
import { TextEncoder } from '../../../../engine/models/text-encoder/text-encoder.ts';
import { cpu } from '../../../../engine/onnx/session.ts';
import { componentTensors } from '../../../../weights/components.ts';
import { openWeights } from '../../../../weights/open.ts';
import { readFloats } from '../../../../weights/read.ts';
import { NANO } from '../../../golden/models.ts';
import { fileOf, safetensorsWith } from '../../../weights/files.ts';
import { VAE_SHAPES } from '../../../weights/model-shapes.ts';
import { distance } from '../../graph/tensors.ts';

const runtime = cpu();
const model = await openWeights(NANO);
const encoder = new TextEncoder(model, { clipSkip: 1, runtime });
afterAll(() => encoder.release());

/** A chunk that starts with the given tokens. */
const chunk = (...ids: number[]) => ({
  ids: [...ids, ...Array<number>(encoder.tokens - ids.length).fill(0)],
  vectors: new Map<number, Float32Array>(),
});

describe('TextEncoder', () => {
  it('has the size of the model', () => {
    expect({ tokens: encoder.tokens, width: encoder.width }).toEqual({ tokens: 77, width: 64 });
  });

  it('encodes chunks in one batch as separately', async () => {
    const [first, second] = [chunk(1, 2, 3), chunk(4, 5)];
    const together = await encoder.encode([first, second]);
    expect(distance(together[0]!, (await encoder.encode([first]))[0]!)).toBeLessThan(1e-5);
    expect(distance(together[1]!, (await encoder.encode([second]))[0]!)).toBeLessThan(1e-5);
    expect(distance(together[0]!, together[1]!)).toBeGreaterThan(0.1);
  });

  it('attends only to earlier tokens', async () => {
    const [first, second] = await encoder.encode([chunk(1, 2, 3), chunk(1, 2, 9)]);
    const { width } = encoder;
    expect(distance(first!.slice(0, 2 * width), second!.slice(0, 2 * width))).toBe(0);
    expect(distance(first!, second!)).toBeGreaterThan(0.01);
  });

  it('replaces tokens by the vectors of an embedding', async () => {
    const table = componentTensors(model, 'textEncoder').get('embeddings.token_embedding.weight')!;
    const values = await readFloats(table);
    const row = (id: number) => values.slice(id * encoder.width, (id + 1) * encoder.width);
    const replaced = {
      ...chunk(1, 0, 0, 4),
      vectors: new Map([
        [1, row(7)],
        [2, row(8)],
      ]),
    };
    const [withVectors, withTokens] = await encoder.encode([replaced, chunk(1, 7, 8, 4)]);
    expect(distance(withVectors!, withTokens!)).toBeLessThan(1e-5);
  });

  it('rejects tokens and layers that the model does not have', async () => {
    await expect(encoder.encode([chunk(49_407)])).rejects.toThrow(/has 1024 tokens.*49407/);
    expect(() => new TextEncoder(model, { clipSkip: 9, runtime })).toThrow(
      / has 2 layers, but `clip_skip` is 9\. Set `clip_skip` to 2 or less\./,
    );
  });

  it('reports a file without a text encoder', async () => {
    const vae = await openWeights(fileOf(safetensorsWith(VAE_SHAPES)));
    expect(() => new TextEncoder(vae, { clipSkip: 1, runtime })).toThrow(/no CLIP text encoder\. Use another/);
  });
});

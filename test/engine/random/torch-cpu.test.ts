import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameNoise } from '../../../engine/random/frame-noise.ts';
import { TorchGenerator } from '../../../engine/random/torch-cpu.ts';
import { openCase } from '../../golden/case.ts';
import { REFERENCE_FOLDER } from '../../golden/folder.ts';
import { checkers } from '../../golden/rng.ts';
import { testCases } from '../../golden/tests.ts';

describe('TorchGenerator', () => {
  testCases(checkers);

  it('matches torch bit for bit', async () => {
    const golden = await openCase(REFERENCE_FOLDER, 'rng/rng');
    const names = golden.tensorNames.filter((name) => /^cpu(_big)?\//.test(name));
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      const expected = golden.tensor(name).data;
      expect(new TorchGenerator(BigInt(name.split('/')[1]!)).randn(expected.length), name).toEqual(expected);
    }
  });

  it('uses the low 32 bits of a seed', () => {
    const draw = (seed: number | bigint) => new TorchGenerator(seed).randn(20);
    expect(draw(2 ** 32 + 5)).toEqual(draw(5));
    expect(draw(-1)).toEqual(draw(0xffffffff));
    expect(draw(2n ** 63n)).toEqual(draw(0));
  });

  it('keeps the second of a pair for the next short draw, also across a long one', () => {
    const whole = new TorchGenerator(7).randn(2);
    const parts = new TorchGenerator(7);
    expect(parts.randn(1)[0]).toBe(whole[0]);
    parts.randn(16);
    expect(parts.randn(1)[0]).toBe(whole[1]);
  });

  it('changes nothing when no values are drawn', () => {
    const generator = new TorchGenerator(1);
    expect(generator.randn(0)).toHaveLength(0);
    expect(generator.randn(16)).toEqual(new TorchGenerator(1).randn(16));
  });

  it('returns finite values for any length', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(100), (seed, count) => {
        const values = new TorchGenerator(seed).randn(count);
        expect(values).toHaveLength(count);
        expect(values.every((value) => Math.abs(value) < 7)).toBe(true);
      }),
    );
  });
});

describe('FrameNoise', () => {
  it('gives a frame the same noise in each draw, whichever other frames are rendered', () => {
    const shape = { channels: 4, height: 4, width: 2 };
    const all = new FrameNoise({ generator: 'cpu', seeds: [10, 11, 12], shape });
    const one = new FrameNoise({ generator: 'cpu', seeds: [11], shape });
    for (let draw = 0; draw < 3; draw++) expect(all.next().slice(32, 64)).toEqual(one.next());
  });
});

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BrownianNoise } from '../../../engine/random/brownian-noise.ts';
import reference from './brownian.json' with { type: 'json' };

const { sigmas, noise } = z
  .object({ sigmas: z.array(z.number()), noise: z.record(z.string(), z.array(z.array(z.number()))) })
  .parse(reference);
const range = [sigmas.at(-1)!, sigmas[0]!] as const;
const steps = sigmas.slice(1).map((to, i) => [sigmas[i]!, to] as const);
const noiseOf = (seeds: readonly number[], frameSize = 24) =>
  new BrownianNoise({ generator: 'cpu', seeds, frameSize, range });

describe('BrownianNoise', () => {
  it.each(Object.entries(noise))('is torchsde’s for seed %s, bit for bit', (seed, expected) => {
    const own = noiseOf([Number(seed)]);
    steps.forEach(([from, to], i) => {
      expect(own.between(from, to)).toEqual(Float32Array.from(expected[i]!));
    });
  });

  it('does not depend on what was asked for before, nor on the other frames', () => {
    const [all, backwards] = [noiseOf([7, 42]), noiseOf([42])];
    const forwards = steps.map(([from, to]) => all.between(from, to).slice(24));
    const reversed = [...steps].reverse().map(([from, to]) => backwards.between(from, to));
    expect(reversed.reverse()).toEqual(forwards);
  });

  it('is standard normal, and that of a path: steps add up', () => {
    const own = noiseOf([3], 4000);
    const [from, middle, to] = [9, 4, 1];
    const parts = [own.between(from, middle), own.between(middle, to)] as const;
    const whole = own.between(from, to);
    for (const values of [...parts, whole]) {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      expect(Math.abs(mean)).toBeLessThan(0.1);
      expect(Math.abs(variance - 1)).toBeLessThan(0.1);
    }
    whole.forEach((value, i) => {
      const sum = parts[0][i]! * Math.sqrt(from - middle) + parts[1][i]! * Math.sqrt(middle - to);
      expect(value * Math.sqrt(from - to)).toBeCloseTo(sum, 4);
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alphasCumprod, MOTION_BETAS, SD15_BETAS, trainingBetas } from '../../../engine/schedulers/betas.ts';
import { karrasSigmas, SigmaTable } from '../../../engine/schedulers/sigmas.ts';
import { openCase } from '../../golden/case.ts';
import { REFERENCE_FOLDER } from '../../golden/folder.ts';

describe('trainingBetas', () => {
  it('matches torch bit for bit', async () => {
    const golden = await openCase(REFERENCE_FOLDER, 'schedulers/betas');
    expect(trainingBetas(MOTION_BETAS)).toEqual(golden.tensor('linear/betas').data);
    expect(trainingBetas(SD15_BETAS)).toEqual(golden.tensor('scaled_linear/betas').data);
    expect(alphasCumprod(MOTION_BETAS)).toEqual(golden.tensor('linear/alphas_cumprod').data);
    expect(alphasCumprod(SD15_BETAS)).toEqual(golden.tensor('scaled_linear/alphas_cumprod').data);
  });
});

describe('SigmaTable', () => {
  const table = new SigmaTable(alphasCumprod(MOTION_BETAS));

  it('finds the timestep of a sigma again', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 999, noNaN: true }), (timestep) => {
        expect(table.timestepOf(table.sigmaAt(timestep))).toBeCloseTo(timestep, 3);
      }),
    );
  });

  it('keeps sigmas beyond the table at its ends', () => {
    expect(table.timestepOf(1e-9)).toBe(0);
    expect(table.timestepOf(1e9)).toBe(999);
  });
});

describe('karrasSigmas', () => {
  it('goes from the largest to the smallest', () => {
    const sigmas = karrasSigmas(0.03, 25, 5);
    expect(sigmas[0]).toBeCloseTo(25, 9);
    expect(sigmas[4]).toBeCloseTo(0.03, 9);
    expect(karrasSigmas(0.03, 25, 1)[0]).toBeCloseTo(25, 9);
  });
});

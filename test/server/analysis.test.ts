import { describe, expect, it } from 'vitest';
import { analyse } from './hosts.ts';

const LONG = Array.from({ length: 5000 }, (_, i) => `${i * 3}: (a cat:1.2, word ${i}`).join('\n');

describe('Analysis.check', () => {
  it('finds in pieces what it finds at once', async () => {
    let pauses = 0;
    const inPieces = analyse(LONG);
    expect(await inPieces.check(async () => ++pauses > 0)).toBe(true);
    expect(pauses).toBeGreaterThan(1);
    expect(inPieces.problems).toEqual(analyse(LONG).problems);
  });

  it('gives up when it is told to', async () => {
    let pauses = 0;
    expect(await analyse(LONG).check(async () => ++pauses < 2)).toBe(false);
    expect(pauses).toBe(2);
  });

  it('gives up when the host has learned something meanwhile', async () => {
    const analysis = analyse(LONG);
    const check = analysis.check(async () => {
      analysis.recheck();
      return true;
    });
    expect(await check).toBe(false);
  });
});

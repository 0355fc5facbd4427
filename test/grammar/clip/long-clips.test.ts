import { describe, expect, it } from 'vitest';
import { stepChoice } from '../../../grammar/clip/sampling.ts';
import { readSettings } from '../../../grammar/settings/read.ts';
import { resolveSettings } from '../../../grammar/settings/resolve.ts';

/** More than the stack has room for as arguments of a call. */
const MANY = 200_000;

describe('as many as nobody expects', () => {
  it.each(['0.5', '{0: 0.2, 100000: 0.5}'])('frames have a first step, with a strength of %s', (strength) => {
    const { settings } = readSettings(
      `frames: ${MANY}\nvideo: {source: a.mp4, repeat: true}\ndenoising_strength: ${strength}`,
      0,
    );
    expect(stepChoice(resolveSettings([settings])).denoising).toBe(0.5);
  });
});

import { describe, expect, it } from 'vitest';
import { inlayHintsOf } from '../../../server/features/inlay-hints.ts';
import { analyze } from '../hosts.ts';

const EXAMPLE = '---\nframes: 32\n---\n0-4: red\n50% ease: blue\n99: white\n';

describe('inlay hints', () => {
  it('show the frame of positions in other units, the time, and the frames to the next keyframe', () => {
    const analysis = analyze(EXAMPLE);
    expect(
      inlayHintsOf(analysis, analysis.rangeOf({ start: 0, end: analysis.text.length })).map(({ label }) => label),
    ).toEqual(['0 s +16', 'frame 16 2 s +83', '12.38 s']);
  });

  it('are at the end of the line, so that they do not separate position and prompt', () => {
    const [hint] = inlayHintsOf(analyze('0: a cat\n8: b\n'), {
      start: { line: 0, character: 0 },
      end: { line: 0, character: 1 },
    });
    expect(hint?.position).toEqual({ line: 0, character: 8 });
  });

  it('are limited to the range', () => {
    const analysis = analyze('0: a\n8: b\n12: c\n');
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } };
    expect(inlayHintsOf(analysis, range).map(({ label }) => label)).toEqual(['1 s +4']);
  });
});

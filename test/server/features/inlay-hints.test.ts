import { describe, expect, it } from 'vitest';
import { inlayHintsOf } from '../../../server/features/inlay-hints.ts';
import { analyze } from '../hosts.ts';

/** The document with each hint at its position. */
function hinted(text: string): string {
  const analysis = analyze(text);
  let shown = analysis.text;
  const all = analysis.rangeOf({ start: 0, end: text.length });
  for (const { position, label } of inlayHintsOf(analysis, all).reverse()) {
    const offset = analysis.offsetAt(position);
    shown = `${shown.slice(0, offset)} «${label}»${shown.slice(offset)}`;
  }
  return shown;
}

describe('inlay hints', () => {
  it('show the frame of positions in other units, the time, and the frames to the next keyframe', () => {
    expect(hinted('---\nframes: 32\nfps: 8\n---\n0: red\n12: green\n50% ease: blue\n17: white\n')).toBe(
      '---\nframes: 32\nfps: 8\n---\n0: red «0 s, 12 frames to next»\n12: green «1.5 s, 4 frames to next»\n' +
        '50% ease: blue «frame 16, 2 s, 1 frame to next»\n17: white «2.13 s»\n',
    );
  });

  it('show the steps in which a ControlNet unit acts, as A1111 counts them', () => {
    const unit = (more: string) => `  - {model: canny${more}, image: a.png}`;
    const text = [
      '---',
      'sampler: Euler',
      'steps: 20',
      'controlnet:',
      unit(''),
      unit(', end: 0.5'),
      unit(', start: 1'),
    ];
    expect(
      hinted([...text, '---', '0: a', ''].join('\n'))
        .split('\n')
        .slice(4, 7),
    ).toEqual([
      '  - {model: canny «all 20 steps», image: a.png}',
      '  - {model: canny «steps 1–12 of 20», end: 0.5, image: a.png}',
      '  - {model: canny «no step», start: 1, image: a.png}',
    ]);
  });

  it('count from the end of a hold, as the transition does', () => {
    expect(hinted('0-8: a\n12: b\n')).toContain('0-8: a «0 s, 4 frames to next»');
    expect(hinted('0-14: a\n12: b\n')).toContain('0-14: a «0 s, 0 frames to next»');
    expect(hinted('0-50%: a\n12: b\n')).toContain('0-50%: a «0 s, 4 frames to next»');
  });

  it.each(['\n', '\r\n'])('are after the first line of the prompt and before a comment (line end %j)', (newline) => {
    expect(hinted(['0: a  # one', '# 4: x', '8: b,  ', '  more', '12: c', ''].join(newline))).toBe(
      [
        '0: a «0 s, 8 frames to next»  # one',
        '# 4: x',
        '8: b, «1 s, 4 frames to next»  ',
        '  more',
        '12: c «1.5 s»',
        '',
      ].join(newline),
    );
  });

  it('are not shown for keyframes outside the clip, and do not count to them', () => {
    expect(hinted('0: a\n16: b\n99: c\n-17: d\n')).toBe('0: a «0 s»\n16: b\n99: c\n-17: d\n');
  });

  it('are limited to the range', () => {
    const analysis = analyze('0: a\n8: b\n12: c\n');
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } };
    expect(inlayHintsOf(analysis, range).map(({ label }) => label)).toEqual(['1 s, 4 frames to next']);
  });
});

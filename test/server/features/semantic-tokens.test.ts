import { describe, expect, it } from 'vitest';
import { SEMANTIC_TOKENS_LEGEND, semanticTokensOf } from '../../../server/features/semantic-tokens.ts';
import { analyze } from '../hosts.ts';

describe('semantic tokens', () => {
  const tokens = (text: string, analysis = analyze(text)) => {
    const { data } = semanticTokensOf(analysis);
    const found: string[][] = [];
    let line = 0;
    let character = 0;
    for (let i = 0; i < data.length; i += 5) {
      const [lines, characters, length, type] = data.slice(i, i + 4) as [number, number, number, number];
      character = lines > 0 ? characters : character + characters;
      line += lines;
      const start = analysis.offsetAt({ line, character });
      found.push([text.slice(start, start + length), SEMANTIC_TOKENS_LEGEND.tokenTypes[type] ?? '']);
    }
    return found;
  };

  it('cover the parts of a keyframe', () => {
    expect(tokens('0-8 ease: (a:1.2) BREAK $b __c__ <lora:d:1> --neg e # f\n')).toEqual([
      ['0', 'number'],
      ['8', 'number'],
      ['ease', 'keyword'],
      [':', 'operator'],
      ['(', 'operator'],
      [':', 'operator'],
      ['1.2', 'number'],
      [')', 'operator'],
      ['BREAK', 'keyword'],
      ['$b', 'variable'],
      ['__c__', 'string'],
      ['<lora:d:1>', 'macro'],
      ['--neg', 'keyword'],
      ['# f', 'comment'],
    ]);
  });

  it('cover settings, once each', () => {
    expect(tokens('---\nframes: 3\nsave: [webp, mp4]\ninterpolate: {x: 2}\n---\n')).toEqual([
      ['frames', 'property'],
      ['save', 'property'],
      ['interpolate', 'property'],
      ['x', 'property'],
    ]);
  });
});

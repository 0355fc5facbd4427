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
    const body = '0-8 ease: (a:1.2) BREAK $b __c__ <lora:d:1> --neg e # f\n';
    expect(tokens(`---\ndefine: {b: x}\n---\n${body}`).slice(2)).toEqual([
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

  it.each([
    ['costs \\$b', []],
    ['\\{a\\|c\\}', []],
    ['{a\\|c|d}', ['{', '|', '}']],
    ['\\__c__', []],
    ['a \\# c', []],
    ['\\12: noon', []],
    ['\\0-8 ease: x', []],
    ['\\\\$b', ['$b']],
    ['\\\\__c__', ['__c__']],
    ['$b \\$b', ['$b']],
  ])('%s: do not cover what a backslash hides', (line, expected) => {
    const settings = '---\ndefine: {b: x}\n---\n';
    const found = tokens(`${settings}${line}\n`).slice(2);
    expect(found.map(([text]) => text)).toEqual(expected);
  });

  it('are on one line each, also inside brackets and tags over several lines', () => {
    expect(tokens('(a,\r\n  # b\r\n  c:\r\n1.2) <lora:d:\r\n  0.8>\r\n0: e')).toEqual([
      ['(', 'operator'],
      ['# b', 'comment'],
      [':', 'operator'],
      ['1.2', 'number'],
      [')', 'operator'],
      ['<lora:d:', 'macro'],
      ['0.8>', 'macro'],
      ['0', 'number'],
      [':', 'operator'],
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

  it('show a name as a variable only if it is defined', () => {
    const text = `---\ndefine: {hero: a cat}\n---\n0: $hero $\{hero} $nobody $\{nobody} $constructor\n`;
    expect(tokens(text).filter(([, type]) => type === 'variable')).toEqual([
      ['$hero', 'variable'],
      [`$\{hero}`, 'variable'],
    ]);
  });

  it('show a defined name as a variable while a setting is being typed', () => {
    const text = '---\ndefine:\n  hero: a cat\nfra\n---\n0: $hero\n';
    expect(tokens(text)).toContainEqual(['$hero', 'variable']);
  });

  it('distinguish positions from other numbers', () => {
    const { data } = semanticTokensOf(analyze('0-8: (a:1.2)\n'));
    const number = SEMANTIC_TOKENS_LEGEND.tokenTypes.indexOf('number' as never);
    const modifiers = data.flatMap((type, i) => (i % 5 === 3 && type === number ? [data[i + 1]] : []));
    expect(modifiers).toEqual([1, 1, 0]);
  });
});

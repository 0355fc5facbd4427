import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../../server/documents/analysis.ts';
import { codeLensesOf } from '../../../server/features/code-lenses.ts';
import { foldingRangesOf } from '../../../server/features/folding.ts';
import { inlayHintsOf } from '../../../server/features/inlay-hints.ts';
import { linksOf } from '../../../server/features/links.ts';
import { selectionRangeAt } from '../../../server/features/selection-ranges.ts';
import { SEMANTIC_TOKENS_LEGEND, semanticTokensOf } from '../../../server/features/semantic-tokens.ts';
import { symbolsOf } from '../../../server/features/symbols.ts';
import { analyse, atCursor, type Files, serverHost, URI } from '../hosts.ts';

const FILM = `---
frames: 32
save: [webp, mp4]
---
# what it is
# about
a cat
in a hat

0-4: red
50% ease: blue,
  and green --neg ugly
99: white

fox ears
`;

const whole = (analysis: Analysis) => analysis.rangeOf({ start: 0, end: analysis.text.length });

describe('document symbols', () => {
  it('show settings, head, keyframes and tail', () => {
    const symbols = symbolsOf(analyse(FILM));
    expect(symbols.map(({ name, detail }) => [name, detail])).toEqual([
      ['Settings', ''],
      ['Head', 'a cat in a hat'],
      ['0-4', 'red'],
      ['50%', 'blue, and green'],
      ['99', 'white'],
      ['Tail', 'fox ears'],
    ]);
    expect(symbols[0]?.children?.map(({ name, detail }) => [name, detail])).toEqual([
      ['frames', '32'],
      ['save', '[webp, mp4]'],
    ]);
  });

  it('select a place inside their range, as the protocol demands', () => {
    const analysis = analyse(FILM);
    const all = symbolsOf(analysis).flatMap((symbol) => [symbol, ...(symbol.children ?? [])]);
    for (const { range, selectionRange } of all) {
      const [outer, inner] = [analysis.spanOf(range), analysis.spanOf(selectionRange)];
      expect(inner.start).toBeGreaterThanOrEqual(outer.start);
      expect(inner.end).toBeLessThanOrEqual(outer.end);
    }
  });

  it('are none for an empty file', () => {
    expect(symbolsOf(analyse(''))).toEqual([]);
  });
});

describe('folding', () => {
  it('folds settings, comments, head and keyframes of several lines', () => {
    expect(foldingRangesOf(analyse(FILM)).map(({ startLine, endLine, kind }) => [startLine, endLine, kind])).toEqual([
      [0, 3, undefined],
      [6, 7, undefined],
      [10, 11, undefined],
      [4, 5, 'comment'],
    ]);
  });
});

describe('inlay hints', () => {
  it('give the frame of other positions, the time, and the frames to the next keyframe', () => {
    const analysis = analyse(FILM);
    expect(inlayHintsOf(analysis, whole(analysis)).map(({ label }) => label)).toEqual([
      '0 s +16',
      'frame 16 2 s +83',
      '12.38 s',
    ]);
  });

  it('stand at the end of the line, where they do not part position and prompt', () => {
    const [hint] = inlayHintsOf(analyse('0: a cat\n8: b\n'), {
      start: { line: 0, character: 0 },
      end: { line: 0, character: 1 },
    });
    expect(hint?.position).toEqual({ line: 0, character: 8 });
  });

  it('are those of the lines asked for', () => {
    const analysis = analyse('0: a\n8: b\n12: c\n');
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } };
    expect(inlayHintsOf(analysis, range).map(({ label }) => label)).toEqual(['1 s +4']);
  });
});

describe('code lenses', () => {
  it('are for the commands that the client has, and frames in the clip', () => {
    const analysis = analyse(FILM);
    const lenses = codeLensesOf(analysis, new Set(['travel.render', 'travel.previewFrame']));
    expect(lenses.map(({ command }) => [command?.command, command?.arguments])).toEqual([
      ['travel.render', [URI]],
      ['travel.previewFrame', [URI, 0]],
      ['travel.previewFrame', [URI, 16]],
    ]);
    expect(codeLensesOf(analysis, new Set())).toEqual([]);
  });
});

describe('links', () => {
  it('lead to files beside the document, models and wildcards', async () => {
    const files: Files = { models: { vae: ['mse'] }, wildcards: { hair: ['red'] }, travel: { 'base.travel': '' } };
    const text = '---\nextends: base.travel\nvae: mse\nvideo: {path: "../dance frames"}\n---\n0: __hair__\n';
    const analysis = analyse(text, files);
    const links = await linksOf(analysis, serverHost(files));
    const shown = links.map(({ range, target }) => {
      const { start, end } = analysis.spanOf(range);
      return [text.slice(start, end), target];
    });
    expect(shown).toEqual([
      ['base.travel', 'file:///films/base.travel'],
      ['mse', 'file:///models/vae/mse.safetensors'],
      ['"../dance frames"', 'file:///dance%20frames'],
      ['__hair__', 'file:///films/wildcards/hair.txt'],
    ]);
  });
});

describe('selection ranges', () => {
  it('grow from the word to the file', () => {
    const { analysis, position } = atCursor('head\n\n0: a (red h‸air:1.2), b\n8: c\n');
    const texts: string[] = [];
    for (let at = selectionRangeAt(analysis, position); ; at = at.parent) {
      const { start, end } = analysis.spanOf(at.range);
      texts.push(analysis.text.slice(start, end));
      if (!at.parent) break;
    }
    expect(texts).toEqual([
      'hair',
      'red hair',
      'red hair:1.2',
      '(red hair:1.2)',
      'a (red hair:1.2), b',
      '0: a (red hair:1.2), b',
      '0: a (red hair:1.2), b\n8: c',
      analysis.text,
    ]);
  });
});

describe('brackets nested without end', () => {
  it('give an answer that can be sent', () => {
    const { analysis, position } = atCursor(`0: ${'('.repeat(50_000)}a‸${')'.repeat(50_000)}`);
    expect(JSON.stringify(selectionRangeAt(analysis, position)).length).toBeLessThan(20_000);
    expect(semanticTokensOf(analysis).data.length).toBeGreaterThan(100_000);
  });
});

describe('semantic tokens', () => {
  const tokens = (text: string, analysis = analyse(text)) => {
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

  it('name the parts of a keyframe', () => {
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

  it('name settings, once each', () => {
    expect(tokens('---\nframes: 3\nsave: [webp, mp4]\ninterpolate: {x: 2}\n---\n')).toEqual([
      ['frames', 'property'],
      ['save', 'property'],
      ['interpolate', 'property'],
      ['x', 'property'],
    ]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Analysis } from '../../../server/documents/analysis.ts';
import { runs } from '../../property-runs.ts';
import { analyse, travelHost, URI } from '../hosts.ts';

const LONG = Array.from({ length: 5000 }, (_, i) => `${i * 3}: (a cat:1.2, word ${i}`).join('\n');

describe('Analysis.check', () => {
  it('finds in pieces what it finds at once', async () => {
    let pieces = 0;
    const inPieces = analyse(LONG);
    expect(await inPieces.check(() => ++pieces > 0)).toBe(true);
    expect(pieces).toBeGreaterThan(2);
    expect(inPieces.problems).toEqual(analyse(LONG).problems);
  });

  it('gives up when it is told to', async () => {
    let pieces = 0;
    expect(await analyse(LONG).check(() => ++pieces < 3)).toBe(false);
    expect(pieces).toBe(3);
  });

  it('gives up when the host has learned something meanwhile', async () => {
    const analysis = analyse(LONG);
    expect(await analysis.parse(() => true)).toBe(true);
    const check = analysis.check(() => {
      analysis.recheck();
      return true;
    });
    expect(await check).toBe(false);
    expect(await analysis.check(() => true)).toBe(true);
    expect(analysis.problems).toEqual(analyse(LONG).problems);
  });

  it('is done once for all who wait', async () => {
    let asked = 0;
    const host = travelHost();
    const counting = { ...host, randomSeed: () => ++asked };
    const analysis = new Analysis(TextDocument.create(URI, 'travel', 1, LONG), counting);
    const stopped = analysis.check(() => asked === 0);
    expect(await Promise.all([analysis.check(() => true), analysis.check(() => true)])).toEqual([true, true]);
    expect(await stopped).toBe(false);
    expect(asked).toBe(1);
  });

  it('can be finished at once by who cannot wait', async () => {
    const analysis = analyse(LONG);
    const check = analysis.check(() => true);
    expect(analysis.problems).toEqual(analyse(LONG).problems);
    expect(await check).toBe(true);
  });
});

const LINES = [
  '0: a',
  '0-9 ease: (b:1.2) --neg c',
  '50%:$d, __e__',
  '8: [f',
  '  g)',
  '',
  'h --negi',
  '# j',
  '9: <lora:k:x>',
  '---',
  'frames: 8',
];
const texts = fc.array(fc.constantFrom(...LINES), { maxLength: 12 }).map((lines) => lines.join('\n'));

describe('after any edits', () => {
  it('the problems are those of the text alone', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.tuple(fc.nat(), fc.nat(12), texts), { maxLength: 6 }), (text, edits) => {
        let version = 1;
        let analysis = analyse(text);
        for (const [at, length, put] of edits) {
          const start = at % (analysis.text.length + 1);
          const after = analysis.text.slice(0, start) + put + analysis.text.slice(start + length);
          const source = TextDocument.create(URI, 'travel', ++version, after);
          analysis = new Analysis(source, analysis.environment, analysis);
          expect(analysis.problems).toEqual(analyse(after).problems);
        }
      }),
      runs(500),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Analysis } from '../../../server/documents/analysis.ts';
import { runs } from '../../property-runs.ts';
import { analyze, travelEnvironment, URI } from '../hosts.ts';

const LONG = Array.from({ length: 5000 }, (_, i) => `${i * 3}: (a cat:1.2, word ${i}`).join('\n');

describe('Analysis.check', () => {
  it('finds the same problems in slices as without a pause', async () => {
    let slices = 0;
    const inSlices = analyze(LONG);
    expect(await inSlices.check(() => ++slices > 0)).toBe(true);
    expect(slices).toBeGreaterThan(2);
    expect(inSlices.problems).toEqual(analyze(LONG).problems);
  });

  it('gives up when `goOn` returns false', async () => {
    let slices = 0;
    expect(await analyze(LONG).check(() => ++slices < 3)).toBe(false);
    expect(slices).toBe(3);
  });

  it('gives up when `recheck` is called meanwhile', async () => {
    const analysis = analyze(LONG);
    expect(await analysis.parse(() => true)).toBe(true);
    const check = analysis.check(() => {
      analysis.recheck();
      return true;
    });
    expect(await check).toBe(false);
    expect(await analysis.check(() => true)).toBe(true);
    expect(analysis.problems).toEqual(analyze(LONG).problems);
  });

  it('runs once for all callers', async () => {
    let asked = 0;
    const counting = { ...travelEnvironment(), randomSeed: () => ++asked };
    const analysis = new Analysis(TextDocument.create(URI, 'travel', 1, LONG), counting);
    const stopped = analysis.check(() => asked === 0);
    expect(await Promise.all([analysis.check(() => true), analysis.check(() => true)])).toEqual([true, true]);
    expect(await stopped).toBe(false);
    expect(asked).toBe(1);
  });

  it('can be finished without a pause', async () => {
    const analysis = analyze(LONG);
    const check = analysis.check(() => true);
    expect(analysis.problems).toEqual(analyze(LONG).problems);
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

describe('Analysis after edits', () => {
  it('has the problems of a fresh parse', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.tuple(fc.nat(), fc.nat(12), texts), { maxLength: 6 }), (text, edits) => {
        let version = 1;
        let analysis = analyze(text);
        for (const [at, length, put] of edits) {
          const start = at % (analysis.text.length + 1);
          const after = analysis.text.slice(0, start) + put + analysis.text.slice(start + length);
          const source = TextDocument.create(URI, 'travel', ++version, after);
          analysis = new Analysis(source, analysis.environment, analysis);
          // Without the fixes: each is tried before it is offered, which takes longer than finding the problems.
          const withoutFixes = ({ problems }: Analysis) =>
            problems.map(({ code, severity, message, span, related }) => [code, severity, message, span, related]);
          expect(withoutFixes(analysis)).toEqual(withoutFixes(analyze(after)));
        }
      }),
      runs(500),
    );
  });
});

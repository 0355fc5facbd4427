import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { OpenDocuments } from '../../../server/documents/open-documents.ts';
import { codeActionsOf } from '../../../server/features/code-actions.ts';
import { codeLensesOf } from '../../../server/features/code-lenses.ts';
import { completionOf } from '../../../server/features/completion/completion.ts';
import { definitionOf } from '../../../server/features/definition.ts';
import { diagnosticsOf } from '../../../server/features/diagnostics.ts';
import { documentLinksOf } from '../../../server/features/document-links.ts';
import { documentSymbolsOf } from '../../../server/features/document-symbols.ts';
import { foldingRangesOf } from '../../../server/features/folding-ranges.ts';
import { formattingOf } from '../../../server/features/formatting.ts';
import { hoverOf } from '../../../server/features/hover.ts';
import { inlayHintsOf } from '../../../server/features/inlay-hints.ts';
import { referencesOf } from '../../../server/features/references.ts';
import { renameOf } from '../../../server/features/rename.ts';
import { selectionRangeAt } from '../../../server/features/selection-ranges.ts';
import { semanticTokensOf } from '../../../server/features/semantic-tokens.ts';
import { timelineOf } from '../../../server/features/timeline.ts';
import { runs } from '../../property-runs.ts';
import { serverHost, URI } from '../hosts.ts';

const PIECES = [
  '---\n',
  'frames: 8\n',
  'define: {a: $b, b: x}\n',
  'save: [',
  ']',
  '{',
  '}',
  '\n',
  '\r\n',
  '0: ',
  '8-4: ',
  '50% ease: ',
  '-1:',
  '$a',
  '$' + '{b}',
  '__w__',
  '<lora:',
  'cats:1>',
  '(',
  ')',
  '[x:y:0.5]',
  ' BREAK ',
  ' AND ',
  '--neg ',
  '# c',
  '\\#',
  '：',
  '“',
  '"0": "a",\n',
  '😀',
  '\ud800',
  '\0',
  '\uFEFF',
  '  ',
  '\t',
  'extends: x.travel\n',
  'cfg_scale: {0: 7}\n',
  ':',
  '-',
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 })), { maxLength: 40 })
  .map((parts) => parts.join(''));
const edit = fc.record({
  at: fc.nat(),
  length: fc.nat(6),
  text: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 3 })),
});

const host = serverHost({
  models: { lora: ['cats'] },
  wildcards: { w: ['1', '2'] },
  travel: { 'x.travel': '---\nfps: 3\n---\n' },
});

async function settledAnswers(documents: OpenDocuments) {
  const analysis = await documents.settled(URI, () => false);
  return analysis && { diagnostics: diagnosticsOf(analysis), timeline: timelineOf(analysis) };
}

describe('random edits', () => {
  it('never crash a feature, and leave the diagnostics and the timeline of a fresh parse', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.array(edit, { maxLength: 6 }), async (start, edits) => {
        const documents = new OpenDocuments(host, () => 1);
        const source = TextDocument.create(URI, 'travel', 0, start);
        documents.open(source);
        let version = 0;
        for (const { at, length, text: put } of edits) {
          await settledAnswers(documents);
          const offset = at % (source.getText().length + 1);
          const range = { start: source.positionAt(offset), end: source.positionAt(offset + length) };
          TextDocument.update(source, [{ range, text: put }], ++version);
          const analysis = documents.analysis(URI)!;
          const position = analysis.positionAt(offset);
          const all = analysis.rangeOf({ start: 0, end: analysis.text.length });
          codeActionsOf(analysis, all, undefined, { commands: new Set(['travel.chooseModelFolders']), pages: null });
          codeLensesOf(analysis, new Set(['travel.render', 'travel.previewFrame']));
          foldingRangesOf(analysis);
          formattingOf(analysis);
          inlayHintsOf(analysis, all);
          await documentLinksOf(analysis, host);
          definitionOf(analysis, position, String);
          referencesOf(analysis, position, true);
          renameOf(analysis, position, 'n');
          selectionRangeAt(analysis, position);
          semanticTokensOf(analysis);
          documentSymbolsOf(analysis);
          await hoverOf(analysis, position, host);
          await completionOf(analysis, position, host);
        }
        const fresh = new OpenDocuments(host, () => 1);
        fresh.open(TextDocument.create(URI, 'travel', 0, source.getText()));
        expect(await settledAnswers(documents)).toEqual(await settledAnswers(fresh));
      }),
      runs(150),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { documentLinksOf } from '../../../server/features/document-links.ts';
import { analyze, type Files, serverHost } from '../hosts.ts';

describe('links', () => {
  it('go to files next to the document, models and wildcards', async () => {
    const files: Files = { models: { vae: ['mse'] }, wildcards: { hair: ['red'] }, travel: { 'base.travel': '' } };
    const text = '---\nextends: base.travel\nvae: mse\nvideo: {path: "../dance frames"}\n---\n0: __hair__\n';
    const analysis = analyze(text, files);
    const links = await documentLinksOf(analysis, serverHost(files));
    const shown = links.map(({ range, target }) => {
      const { start, end } = analysis.spanOf(range);
      return [text.slice(start, end), target];
    });
    expect(shown).toEqual([
      ['base.travel', 'file:///videos/base.travel'],
      ['mse', 'file:///models/vae/mse.safetensors'],
      ['"../dance frames"', 'file:///dance%20frames'],
      ['__hair__', 'file:///videos/wildcards/hair.txt'],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Analysis } from '../../../server/documents/analysis.ts';
import { OpenDocuments } from '../../../server/documents/open-documents.ts';
import type { ServerHost } from '../../../server/hosts/server-host.ts';
import { clipTokenizer } from '../../golden/prompts.ts';
import { serverHost, URI } from '../hosts.ts';

const host = serverHost({ models: { lora: ['cats'] } });

describe('OpenDocuments', () => {
  it('looks up files once, not at every keystroke, and again when files change', async () => {
    let asked = 0;
    const counting: ServerHost = {
      ...host,
      settle: (uri, work) => {
        asked++;
        return host.settle(uri, work);
      },
    };
    const documents = new OpenDocuments(counting, () => 1);
    const source = TextDocument.create(URI, 'travel', 0, '0: <lora:cats:1>\n');
    documents.open(source);
    await documents.settled(URI, () => false);
    const first = asked;
    expect(first).toBeGreaterThan(0);
    TextDocument.update(source, [{ text: '0: <lora:cats:0.5> more\n' }], 1);
    await documents.settled(URI, () => false);
    expect(asked).toBe(first);
    documents.filesChanged();
    await documents.settled(URI, () => false);
    expect(asked).toBeGreaterThan(first);
  });

  it('has no analysis of a document that was closed meanwhile', async () => {
    const documents = new OpenDocuments(host, () => 1);
    documents.open(TextDocument.create(URI, 'travel', 0, '0: a\n'));
    const settled = documents.settled(URI, () => false);
    documents.close(URI);
    expect(await settled).toBeNull();
  });

  it('loads the tokenizer once a prompt is long, even if everything else is known', async () => {
    let loaded = 0;
    const documents = new OpenDocuments(
      {
        ...host,
        tokenizer: async () => {
          loaded++;
          return clipTokenizer();
        },
      },
      () => 1,
    );
    const codes = async () => (await documents.settled(URI, () => false))?.problems.map(({ code }) => code);
    const source = TextDocument.create(URI, 'travel', 0, '0: a\n8: b\n');
    documents.open(source);
    expect(await codes()).toEqual([]);
    expect(loaded).toBe(0);
    TextDocument.update(source, [{ text: `0: a\n8: ${'cat '.repeat(80)}\n` }], 1);
    expect(await codes()).toEqual(['travel/chunk-counts']);
    expect(loaded).toBe(1);
  });

  it('keeps one seed per document until another is rolled', async () => {
    let seed = 10;
    const documents = new OpenDocuments(host, () => seed++);
    const other = 'file:///videos/other.travel';
    const seedOf = async (uri: string) =>
      (
        await documents.planned(
          uri,
          {},
          (clip) => clip.buildPlan(),
          () => false,
        )
      )?.plan?.sampling.seed;
    const source = TextDocument.create(URI, 'travel', 0, '0: a\n');
    documents.open(source);
    documents.open(TextDocument.create(other, 'travel', 0, '0: a\n'));
    expect([await seedOf(URI), await seedOf(other)]).toEqual([10, 11]);
    TextDocument.update(source, [{ text: '0: b\n' }], 1);
    documents.filesChanged();
    expect([await seedOf(URI), await seedOf(other)]).toEqual([10, 11]);
    expect(documents.rollSeed(URI)).toBe(12);
    expect([await seedOf(URI), await seedOf(other)]).toEqual([12, 11]);
    documents.close(URI);
    expect(documents.rollSeed(URI)).toBeNull();
    documents.open(source);
    expect(await seedOf(URI)).toBe(13);
  });
});

describe('a document that extends another open one', () => {
  const base = 'file:///videos/base.travel';
  const travel = { 'base.travel': '---\ndefine: {a: b}\n---\n' };

  it('is checked with its unsaved text', async () => {
    const documents = new OpenDocuments(serverHost({ travel }), () => 1);
    const source = TextDocument.create(base, 'travel', 0, travel['base.travel']);
    documents.open(source);
    documents.open(TextDocument.create(URI, 'travel', 0, '---\nextends: base.travel\n---\n$a $hero\n'));
    const messages = async () => (await documents.settled(URI, () => false))?.problems.map(({ message }) => message);
    expect(await messages()).toEqual([expect.stringContaining('“$hero” is not defined')]);
    expect([documents.isExtended(base), documents.isExtended(URI)]).toEqual([true, false]);
    TextDocument.update(source, [{ text: '---\ndefine: {hero: c}\n---\n' }], 1);
    documents.filesChanged();
    expect(await messages()).toEqual([expect.stringContaining('“$a” is not defined')]);
    documents.close(base);
    documents.filesChanged();
    expect(await messages()).toEqual([expect.stringContaining('“$hero” is not defined')]);
  });

  it('can be checked without any file', async () => {
    const documents = new OpenDocuments(serverHost(), () => 1);
    documents.open(TextDocument.create(URI, 'travel', 0, '---\nvae: nope\nfps: fast\n---\n<lora:nope:1> (a\n'));
    const codes = (await documents.checkedAlone(URI, () => false))?.problems.map(({ code }) => code);
    expect(codes).toEqual(['travel/setting-type', 'travel/unclosed-bracket']);
  });
});

describe('an answer without checks', () => {
  it('looks up the files that it asks for, and keeps what is known of them', async () => {
    let asked = 0;
    const counting: ServerHost = {
      ...host,
      settle: (uri, work) => {
        asked++;
        return host.settle(uri, work);
      },
    };
    const documents = new OpenDocuments(counting, () => 1);
    documents.open(TextDocument.create(URI, 'travel', 0, '---\nextends: missing.travel\n---\n0: a\n'));
    const found = () =>
      documents.answered(
        URI,
        ({ environment }) => environment.resolveModel('lora', 'cats')?.name ?? null,
        () => false,
      );
    expect(await found()).toBe('cats');
    expect(asked).toBe(1);
    expect(await found()).toBe('cats');
    expect(asked).toBe(1);
    const codes = async () => (await documents.settled(URI, () => false))?.problems.map(({ code }) => code);
    const checking = codes();
    await found();
    expect(await checking).toEqual(['travel/extends']);
  });

  it('has the settings of the files that the document extends', async () => {
    const documents = new OpenDocuments(serverHost({ travel: { 'base.travel': '---\nfps: 24\n---\n' } }), () => 1);
    documents.open(TextDocument.create(URI, 'travel', 0, '---\nextends: base.travel\n---\n0: a\n'));
    const fps = ({ effective }: Analysis) => effective.settings.fps;
    expect(await documents.answered(URI, fps, () => false)).toBe(24);
  });

  it('is null for a document that is not open, or if the request is canceled', async () => {
    const documents = new OpenDocuments(host, () => 1);
    expect(
      await documents.answered(
        URI,
        () => 1,
        () => false,
      ),
    ).toBeNull();
    documents.open(TextDocument.create(URI, 'travel', 0, '0: a\n'));
    expect(
      await documents.answered(
        URI,
        () => 1,
        () => true,
      ),
    ).toBeNull();
  });
});

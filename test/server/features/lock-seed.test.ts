import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parseTravel } from '../../../grammar/language.ts';
import { readSettings } from '../../../grammar/settings/read.ts';
import { LockSeedAnswer } from '../../../protocol/plan-request.ts';
import { OpenDocuments } from '../../../server/documents/open-documents.ts';
import { lockSeedOf } from '../../../server/features/lock-seed.ts';
import { planOf } from '../../../server/features/plan.ts';
import { type Files, serverHost, URI } from '../hosts.ts';

function opened(text: string, files: Files = {}) {
  const host = serverHost(files);
  const documents = new OpenDocuments(host, () => 77);
  const source = TextDocument.create(URI, 'travel', 1, text);
  documents.open(source);
  const lock = async (version = source.version) =>
    LockSeedAnswer.parse(JSON.parse(JSON.stringify(await lockSeedOf(documents, { uri: URI, version }, () => false))));
  return { documents, host, source, lock };
}

/** The text after the edit. */
async function locked(text: string, files: Files = {}): Promise<string> {
  const answer = await opened(text, files).lock();
  if (answer.kind !== 'edit') throw new Error(`There is no edit: ${JSON.stringify(answer)}`);
  expect(answer.seed).toBe(77);
  return TextDocument.applyEdits(TextDocument.create(URI, 'travel', 1, text), [answer]);
}

const COLORS: Files = {
  wildcards: { color: ['red', 'green', 'blue'] },
  travel: { 'base.travel': '---\nseed: -1\n---\n', 'fixed.travel': '---\nseed: 8\n---\n' },
};

describe('locking the seed', () => {
  it.each([
    ['replaces −1', '---\nseed: -1 # any\n---\n0: a\n', '---\nseed: 77 # any\n---\n0: a\n'],
    ['adds a line', '---\nframes: 8\n---\n0: a\n', '---\nframes: 8\nseed: 77\n---\n0: a\n'],
    ['adds settings', '0: a\n', '---\nseed: 77\n---\n0: a\n'],
    ['adds settings to an empty text', '', '---\nseed: 77\n---\n'],
    ['keeps line ends', '---\r\nframes: 8\r\n---\r\n0: a\r\n', '---\r\nframes: 8\r\nseed: 77\r\n---\r\n0: a\r\n'],
    [
      'overrides an extended file',
      '---\nextends: base.travel\n---\n0: a\n',
      '---\nextends: base.travel\nseed: 77\n---\n0: a\n',
    ],
    ['in settings in one line', '---\n{frames: 8, seed: -1}\n---\n0: a\n', '---\n{frames: 8, seed: 77}\n---\n0: a\n'],
  ])('%s', async (_, before, after) => {
    expect(await locked(before, COLORS)).toBe(after);
    const { yaml } = parseTravel(after).frontMatter!;
    expect(readSettings(after.slice(yaml.start, yaml.end), 0).settings.seed).toBe(77);
  });

  it('keeps what renders show: seed and wildcards', async () => {
    const text = '0: a __color__ cat in {paris|rome|oslo}\n';
    const before = opened(text, COLORS);
    const after = opened(await locked(text, COLORS), COLORS);
    const promptsOf = async ({ documents, host }: typeof before) => {
      const answer = await planOf(documents, host, { uri: URI, version: 1, what: { kind: 'clip' } }, () => false);
      return answer.kind === 'plan' ? [answer.plan.sampling.seed, answer.plan.prompts] : answer;
    };
    expect(await promptsOf(after)).toEqual(await promptsOf(before));
  });

  it('changes nothing if the file, or one that it extends, sets the seed', async () => {
    expect(await opened('---\nseed: 7\n---\n0: a\n').lock()).toEqual({ kind: 'fixed', seed: 7 });
    const extended = '---\nextends: fixed.travel\n---\n0: a\n';
    expect(await opened(extended, COLORS).lock()).toEqual({ kind: 'fixed', seed: 8 });
  });

  it.each([
    ['are not closed', '---\nframes: 8\n0: a\n'],
    ['are in one line', '---\n{frames: 8}\n---\n0: a\n'],
    ['are not YAML', '---\nframes: [8\n---\n0: a\n'],
  ])('does not edit settings that %s', async (_, text) => {
    expect(await opened(text).lock()).toEqual({ kind: 'not-editable' });
  });

  it('is for the version that was asked for', async () => {
    const { documents, source, lock } = opened('0: a\n');
    expect(await lock(2)).toEqual({ kind: 'outdated' });
    const asked = lock(1);
    TextDocument.update(source, [{ text: '0: b\n' }], 2);
    expect(await asked).toEqual({ kind: 'outdated' });
    documents.close(URI);
    expect(await lock(2)).toEqual({ kind: 'outdated' });
  });
});

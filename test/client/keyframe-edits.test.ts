import { beforeEach, describe, expect, it, vi } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  KEYFRAME_ON_LINE,
  type KeyframeEditAnswer,
  KeyframeEditRequest,
  KeyframeOnLineRequest,
} from '../../protocol/timeline.ts';
import { OpenDocuments } from '../../server/documents/open-documents.ts';
import { keyframeEditOf, keyframeOnLineOf } from '../../server/features/keyframe-edit.ts';
import { serverHost } from '../server/hosts.ts';
import { documentAt, FakeEditor, fake, window } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { applyKeyframeEdit, changeLength, distributeKeys, reverseKeys, shiftKeys } = await import(
  '../../client/keyframe-edits.ts'
);

const FILES = { travel: { 'style.travel': '---\nframes: 9\ncfg_scale: {0: 7, 4: 9}\n---\n' } };

/** An editor with a text and the cursor on a line, and the language server that knows it. */
function opened(text: string, line = 0) {
  const document = documentAt('/clips/fox.travel', { text });
  const editor = new FakeEditor(document, line);
  window.activeTextEditor = editor;
  const documents = new OpenDocuments(serverHost(FILES), () => 1);
  const uri = document.uri.toString();
  documents.open(TextDocument.create(uri, 'travel', document.version, text));
  const client = {
    code2ProtocolConverter: { asUri: (of: { toString(): string }) => of.toString() },
    async sendRequest(name: string, request: unknown) {
      if (name !== KEYFRAME_ON_LINE) return keyframeEditOf(documents, KeyframeEditRequest.parse(request), () => false);
      const analysis = await documents.settled(uri, () => false);
      return keyframeOnLineOf(analysis!, KeyframeOnLineRequest.parse(request).line);
    },
  } as never;
  return { editor, document, client };
}

/** A language server that gives this answer. */
const answering = (answer: KeyframeEditAnswer) =>
  ({
    code2ProtocolConverter: { asUri: (uri: { toString(): string }) => uri.toString() },
    sendRequest: async () => answer,
  }) as never;

const TEXT = '---\nframes: 17\n---\n0: a\n# on b\n4: b\n  goes on\n8: c\n';

beforeEach(() => fake.reset());

describe('Change Length…', () => {
  it('offers the present length, and scales the keyframes in one step', async () => {
    const { editor, document, client } = opened(TEXT);
    fake.typed = ['34'];
    await changeLength(client);
    expect(fake.inputs).toEqual([{ title: 'Change Length', value: '17', complaint: null }]);
    expect(document.text).toBe('---\nframes: 34\n---\n0: a\n# on b\n8: b\n  goes on\n16: c\n');
    expect(editor.steps).toEqual([TEXT]);
    expect(fake.messages).toEqual([]);
  });

  it.each([
    ['0', 'Enter a whole number of frames, at least 1.'],
    ['3.5', 'Enter a whole number of frames, at least 1.'],
    ['9'.repeat(40), 'Enter a whole number of frames, at least 1.'],
    ['9999999', 'A clip cannot have 9999999 frames.'],
    ['2', 'The keyframes at frames 0 and 4 would both be at frame 0.'],
  ])('reports while it is typed that %s is not possible', async (typed, complaint) => {
    const { editor, client } = opened(TEXT);
    fake.typed = [typed];
    await changeLength(client);
    expect(fake.inputs).toMatchObject([{ complaint }]);
    expect(editor.steps).toEqual([]);
  });

  it('names what stays as it is', async () => {
    const { document, client } = opened('---\nextends: style.travel\n---\n0: a\n4: b\n');
    fake.typed = ['18'];
    await changeLength(client);
    expect(document.text).toBe('---\nextends: style.travel\nframes: 18\n---\n0: a\n8: b\n');
    expect(fake.messages).toMatchObject([
      {
        kind: 'information',
        text: expect.stringMatching(/^`cfg_scale` keeps its positions, because “.*style.travel”/),
      },
    ]);
  });

  it('does nothing without an answer, and confirms the present length', async () => {
    const { editor, client } = opened(TEXT);
    await changeLength(client);
    expect(fake.messages).toEqual([]);
    fake.typed = ['17'];
    await changeLength(client);
    expect(fake.messages).toEqual([{ kind: 'status', text: '$(check) Nothing to change' }]);
    expect(editor.steps).toEqual([]);
  });
});

describe('Shift Keys From Here…', () => {
  it.each<[number, string, string | null]>([
    [3, '-1', null],
    [5, '+2', '---\nframes: 17\n---\n0: a\n# on b\n6: b\n  goes on\n10: c\n'],
    [6, ' -3 ', '---\nframes: 17\n---\n0: a\n# on b\n1: b\n  goes on\n5: c\n'],
    [7, '8', '---\nframes: 17\n---\n0: a\n# on b\n4: b\n  goes on\n16: c\n'],
  ])('shifts from line %i by %s', async (line, typed, after) => {
    const { document, client } = opened(TEXT, line);
    fake.typed = [typed];
    await shiftKeys(client);
    expect(document.text).toBe(after ?? TEXT);
    if (after === null) {
      expect(fake.inputs).toMatchObject([{ complaint: 'Frame -1 is outside the clip, whose last frame is 16.' }]);
    }
  });

  it.each([1, 4])('asks for a keyframe with the cursor on line %i', async (line) => {
    const { editor, client } = opened(TEXT, line);
    await shiftKeys(client);
    expect(fake.messages).toMatchObject([{ kind: 'warning', text: expect.stringMatching(/^Place the cursor in/) }]);
    expect(editor.steps).toEqual([]);
  });
});

describe('Distribute Evenly and Reverse', () => {
  it('change the text in one step', async () => {
    const { editor, document, client } = opened('---\nframes: 17\n---\n0: a\n1: b\n16: c\n');
    await distributeKeys(client);
    expect(document.text).toBe('---\nframes: 17\n---\n0: a\n8: b\n16: c\n');
    expect(editor.steps).toHaveLength(1);
  });

  it('report why they are not possible', async () => {
    const { editor, client } = opened('0: a\n');
    await distributeKeys(client);
    expect(fake.messages).toMatchObject([{ kind: 'warning', text: expect.stringMatching(/^Only keyframes between/) }]);
    expect(editor.steps).toEqual([]);
  });

  it('reverse', async () => {
    const { document, client } = opened('0: a\n15: b\n');
    await reverseKeys(client);
    expect(document.text).toBe('0: b\n15: a\n');
  });

  it('need a .travel file', async () => {
    const { editor, client } = opened('0: a\n15: b\n');
    editor.document.languageId = 'plaintext';
    for (const command of [distributeKeys, reverseKeys, changeLength, shiftKeys]) await command(client);
    expect(fake.messages.map(({ text }) => text)).toEqual(
      new Array(4).fill('Open the .travel file whose keyframes should change, and try again.'),
    );
  });
});

describe('an edit', () => {
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
  const edits: KeyframeEditAnswer = { kind: 'edits', edits: [{ range, newText: '4' }], cursor: null };

  it('is not applied to another version', async () => {
    const { editor } = opened('0: a\n');
    const client = answering(edits);
    const done = applyKeyframeEdit(client, editor as never, { kind: 'reverse' });
    editor.document.version++;
    expect(await done).toBe(false);
    expect(await applyKeyframeEdit(answering({ kind: 'outdated' }), editor as never, { kind: 'reverse' })).toBe(false);
    expect(fake.messages.map(({ text }) => text)).toEqual(
      new Array(2).fill('The file changed before its keyframes could be edited. Try again.'),
    );
    expect(editor.document.text).toBe('0: a\n');
  });

  it('is not applied if the editor refuses it', async () => {
    const { editor } = opened('0: a\n');
    editor.edit = async () => false;
    expect(await applyKeyframeEdit(answering(edits), editor as never, { kind: 'reverse' })).toBe(false);
    expect(fake.messages).toHaveLength(1);
  });

  it('places the cursor', async () => {
    const { editor, document, client } = opened('0: a\n');
    expect(await applyKeyframeEdit(client, editor as never, { kind: 'insertKey', frame: 4 })).toBe(true);
    expect(document.text).toBe('0: a\n4: \n');
    expect(editor.selection.active).toEqual({ line: 1, character: 3 });
    expect(editor.revealed?.start).toEqual({ line: 1, character: 3 });
  });
});

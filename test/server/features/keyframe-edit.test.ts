import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { KEYFRAME_EDIT, KEYFRAME_ON_LINE, type KeyframeEdit, KeyframeEditAnswer } from '../../../protocol/timeline.ts';
import { OpenDocuments } from '../../../server/documents/open-documents.ts';
import { keyframeEditOf, keyframeOnLineOf } from '../../../server/features/keyframe-edit.ts';
import { editorInProcess } from '../editor.ts';
import { analyze, type Files, serverHost, URI } from '../hosts.ts';

/** An open document, version 1. */
function opened(text: string, files: Files = {}) {
  const documents = new OpenDocuments(serverHost(files), () => 1);
  const source = TextDocument.create(URI, 'travel', 1, text);
  documents.open(source);
  const ask = async (edit: KeyframeEdit, version = source.version) => {
    const answer = await keyframeEditOf(documents, { uri: URI, version, edit }, () => false);
    return KeyframeEditAnswer.parse(JSON.parse(JSON.stringify(answer)));
  };
  const after = async (edit: KeyframeEdit) => {
    const answer = await ask(edit);
    return answer.kind === 'edits' ? TextDocument.applyEdits(source, answer.edits) : answer;
  };
  return { documents, source, ask, after };
}

const TEXT = '---\nframes: 17\n---\n0: a\n4: b\n8: c\n';

describe('an edit of keyframes', () => {
  it.each<[KeyframeEdit, string]>([
    [{ kind: 'moveKey', index: 0, frame: 6 }, '4: b\n6: a\n8: c\n'],
    [{ kind: 'moveHoldEnd', index: 1, frame: 6 }, '0: a\n4-6: b\n8: c\n'],
    [{ kind: 'insertKey', frame: 6 }, '0: a\n4: b\n6: \n8: c\n'],
    [{ kind: 'setTransition', index: 1, transition: 'cut' }, '0: a\n4 cut: b\n8: c\n'],
    [{ kind: 'shiftKeys', index: 1, by: 2 }, '0: a\n6: b\n10: c\n'],
    [{ kind: 'distributeEvenly' }, '0: a\n4: b\n8: c\n'],
    [{ kind: 'reverse' }, '0-8: c\n12: b\n16: a\n'],
  ])('%j is an edit of the text', async (edit, body) => {
    expect(await opened(TEXT).after(edit)).toBe(`---\nframes: 17\n---\n${body}`);
  });

  it('changes the length of a clip that inherits it', async () => {
    const { after, ask } = opened('---\nextends: style.travel\n---\n0: a\n4: b\n', {
      travel: { 'style.travel': '---\nframes: 8\ncfg_scale: {0: 1, 4: 2}\n---\n' },
    });
    const edit: KeyframeEdit = { kind: 'changeLength', frames: 16 };
    expect(await after(edit)).toBe('---\nextends: style.travel\nframes: 16\n---\n0: a\n8: b\n');
    expect(await ask(edit)).toMatchObject({ left: [expect.stringContaining('`cfg_scale` keeps its positions')] });
  });

  it('places the cursor in the edited text', async () => {
    const { ask } = opened(TEXT.replaceAll('\n', '\r\n'));
    expect(await ask({ kind: 'insertKey', frame: 6 })).toMatchObject({ cursor: { line: 5, character: 3 } });
    expect(await ask({ kind: 'reverse' })).toMatchObject({ cursor: null });
  });

  it('is refused with a reason', async () => {
    const { ask } = opened(TEXT);
    const reason = 'Frame 4 already has a keyframe.';
    expect(await ask({ kind: 'insertKey', frame: 4 })).toEqual({ kind: 'refused', reason });
  });

  it('is for one version of a document that is open', async () => {
    const { ask, documents, source } = opened(TEXT);
    expect(await ask({ kind: 'reverse' }, 2)).toEqual({ kind: 'outdated' });
    const answer = ask({ kind: 'reverse' }, 1);
    TextDocument.update(source, [{ text: '0: x\n' }], 2);
    expect(await answer).toEqual({ kind: 'outdated' });
    documents.close(URI);
    expect(await ask({ kind: 'reverse' }, 2)).toEqual({ kind: 'outdated' });
  });

  it('is refused if the extended file is not read', async () => {
    const { ask } = opened('---\nextends: style.travel\n---\n0: a\n', { travel: { 'style.travel': '' } });
    expect(await ask({ kind: 'reverse' })).toMatchObject({ reason: expect.stringMatching(/is not read here/) });
  });
});

describe('the keyframe on a line', () => {
  it('includes its continuations', () => {
    const analysis = analyze('---\nframes: 9\n---\nhead\n0s: a\n  goes\n  # in\n  on\n# on b\n4: b\n');
    const keys = [3, 4, 5, 6, 7, 8, 9].map((line) => keyframeOnLineOf(analysis, line).key);
    const first = { index: 0, position: '0s' };
    expect(keys).toEqual([null, first, first, first, first, null, { index: 1, position: '4' }]);
    expect(keyframeOnLineOf(analysis, 0).frames).toBe(9);
  });
});

describe('the server', () => {
  it('answers both requests, and checks what it is asked', async () => {
    const editor = editorInProcess(serverHost());
    await editor.initialize();
    await editor.open(URI, TEXT);
    const ask = (edit: unknown) => editor.connection.sendRequest(KEYFRAME_EDIT, { uri: URI, version: 1, edit });
    expect(await ask({ kind: 'moveKey', index: 1, frame: 5 })).toMatchObject({
      kind: 'edits',
      edits: [{ newText: '5' }],
    });
    await expect(ask({ kind: 'moveKey', index: 1.5, frame: 5 })).rejects.toThrow();
    const found = await editor.connection.sendRequest(KEYFRAME_ON_LINE, { uri: URI, line: 4 });
    expect(found).toEqual({ frames: 17, key: { index: 1, position: '4' } });
    expect(await editor.connection.sendRequest(KEYFRAME_ON_LINE, { uri: 'file:///no', line: 4 })).toBeNull();
    await editor.shutdown();
  });
});

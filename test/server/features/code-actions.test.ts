import { describe, expect, it } from 'vitest';
import { CodeActionKind } from 'vscode-languageserver';
import { CODE_ACTION_KINDS, codeActionsOf, FIX_ALL, REWRITE } from '../../../server/features/code-actions.ts';
import { analyze, edited, URI } from '../hosts.ts';

const CLIENT = { commands: new Set<string>(), pages: null };

function actions(text: string, only?: readonly string[], client = CLIENT) {
  const analysis = analyze(text);
  const found = codeActionsOf(analysis, analysis.rangeOf({ start: 0, end: text.length }), only, client);
  return found.map((action) => ({ ...action, after: edited(analysis, action.edit?.changes?.[URI] ?? []) }));
}

describe('code actions', () => {
  it('fix the problem at the cursor', () => {
    const found = actions('---\nfrmes: 16\n---\na\n', [CodeActionKind.QuickFix]);
    expect(found.map(({ after }) => after)).toEqual(['---\nframes: 16\n---\na\n']);
    expect(found[0]).toMatchObject({ isPreferred: true, diagnostics: [{ code: 'travel/unknown-setting' }] });
  });

  it('are only for problems in the range', () => {
    const analysis = analyze('---\nfrmes: 16\n---\na\n');
    expect(codeActionsOf(analysis, analysis.rangeOf({ start: 18, end: 19 }), undefined, CLIENT)).toEqual([]);
  });

  it('convert a pasted schedule entry by entry, or all at once', () => {
    const found = actions('"0": "a cat",\n"8": "a dog"\n', [CodeActionKind.QuickFix]);
    expect(found.map(({ after }) => after)).toContain('0: a cat\n8: a dog\n');
  });

  it.each([
    ['{"0": {"prompt": "a", "strength": 1}, "8": "b"}\n', '', '0: a\n8: b\n'],
    ['---\nfps: 8\n---\n{"0": {"prompt": "a", "strength": 1}, "60": "b"}\n', 'fps: 8\nframes: 64\n', '0: a\n60: b\n'],
  ])(
    'write what a conversion cannot carry over as comments, unless the client shows it: %j',
    (text, settings, body) => {
      const [commented] = actions(text, [CodeActionKind.QuickFix]);
      const block = `${settings}# Not converted: strength\n`;
      expect(commented).toMatchObject({ after: `---\n${block}---\n${body}` });
      expect(commented!.command).toBeUndefined();
      const shows = { ...CLIENT, commands: new Set(['travel.offerNotes']) };
      const [shown] = actions(text, [CodeActionKind.QuickFix], shows);
      expect(shown).toMatchObject({
        after: settings === '' ? body : `---\n${settings}---\n${body}`,
        command: { command: 'travel.offerNotes', arguments: [URI, ['Not converted: strength']] },
      });
      // What has no notes shows nothing.
      expect(actions('"0": "a",\n"8": "b"\n', [CodeActionKind.QuickFix], shows)[0]!.command).toBeUndefined();
    },
  );

  it('fix everything that is mechanical, and nothing else', () => {
    const text = '---\nframes:16\nfrmes: 3\n---\n0:a\n8: b\n';
    const found = actions(text, [CodeActionKind.Source]);
    expect(found.map(({ kind }) => kind)).toEqual([FIX_ALL]);
    expect(found[0]?.after).toBe('---\nframes: 16\nfrmes: 3\n---\n0: a\n8: b\n');
    expect(actions('0: a\n8: b\n', [FIX_ALL])).toEqual([]);
  });

  it('leave a file with a merge conflict as it is', () => {
    expect(actions('---\nframes:16\n---\n0:a\n<<<<<<< ours\n8:b\n=======\n8 :c\n>>>>>>> theirs\n')).toEqual([]);
  });

  it('write keys that were lost, and leave ratios as they are', () => {
    const [all] = actions('a fox\n０：b\n8–12: c\n16:9 still\n', [FIX_ALL]);
    expect(all?.after).toBe('a fox\n0: b\n8-12: c\n16:9 still\n');
  });

  it('have one of the requested kinds', () => {
    expect(actions('---\nframes:16\n---\na\n', ['refactor'])).toEqual([]);
    for (const { kind } of actions('---\nframes:16\n---\na\n')) expect(CODE_ACTION_KINDS).toContain(kind);
  });

  it('leave out a fix whose edits touch those of another', () => {
    const together = (text: string) => {
      const found = actions(text, [CodeActionKind.QuickFix]).find(({ title }) => title.endsWith('of this kind'));
      return [found?.title, found?.after];
    };
    expect(together('0: “ “ “a\n')).toEqual(['Fix all 3 problems of this kind', '0: " " "a\n']);
    expect(together('0: “““a\n')).toEqual(['Fix 2 of 3 problems of this kind', '0: "“"a\n']);
  });

  it('have edits that do not overlap', () => {
    for (const { edit } of actions('8:a (x:1.3\n0:b “c” (y：1,2)\n4: \n"9": "z",\n0| q\n')) {
      const edits = edit?.changes?.[URI] ?? [];
      const analysis = analyze('8:a (x:1.3\n0:b “c” (y：1,2)\n4: \n"9": "z",\n0| q\n');
      const spans = edits.map(({ range }) => analysis.spanOf(range)).sort((a, b) => a.start - b.start);
      spans.forEach((span, i) => {
        if (i > 0) expect(span.start).toBeGreaterThanOrEqual(spans[i - 1]!.end);
      });
    }
  });

  it('offer to choose the model folders wherever a model is not found', () => {
    const commands = new Set(['travel.chooseModelFolders']);
    const offered = (text: string, client = { commands, pages: null }) => {
      const analysis = analyze(text, { models: { checkpoint: ['toonyou'] } });
      const found = codeActionsOf(analysis, analysis.rangeOf({ start: 0, end: text.length }), undefined, client);
      return found
        .filter(({ command }) => command?.command === 'travel.chooseModelFolders')
        .flatMap(({ diagnostics = [] }) => diagnostics.map(({ code }) => code));
    };
    expect(offered('---\ncheckpoint: nowhere\n---\na\n')).toEqual(['travel/unknown-model']);
    expect(offered('---\nvae: nowhere\nmotion_module: nowhere\n---\na\n')).toEqual([
      'travel/unknown-model',
      'travel/unknown-model',
    ]);
    expect(offered('0: <lora:nowhere:1>\n')).toEqual(['travel/unknown-lora']);
    expect(offered('0: embedding:nowhere\n')).toContain('travel/unknown-embedding');
    expect(offered('---\ncheckpoint: toonyou\n---\na\n')).toEqual(['travel/motion-module-missing']);
    expect(offered('---\ncheckpoint: nowhere\n---\na\n', CLIENT)).toEqual([]);
    expect(offered('---\nfrmes: 3\n---\na\n')).toEqual([]);
  });
});

describe('refactorings of keyframes', () => {
  const TEXT = '---\nframes: 17\n---\n0: a\n1: b\n8: c\n';
  const COMMANDS = ['travel.changeLength', 'travel.shiftKeys', 'travel.distributeKeys', 'travel.reverseKeys'];
  const rewrites = (text: string, at: string, only?: readonly string[], commands: readonly string[] = []) => {
    const analysis = analyze(text);
    const start = text.indexOf(at);
    const range = analysis.rangeOf({ start, end: start });
    const client = { commands: new Set(commands), pages: null };
    return codeActionsOf(analysis, range, only, client)
      .filter(({ kind }) => kind === REWRITE)
      .map(({ title, edit, command }) => ({
        title,
        command: command?.command,
        after: edit && edited(analysis, edit.changes?.[URI] ?? []),
      }));
  };

  it('are edits in editors without the commands', () => {
    expect(rewrites(TEXT, '1: b')).toEqual([
      { title: 'Distribute Keyframes Evenly', after: '---\nframes: 17\n---\n0: a\n4: b\n8: c\n' },
      { title: 'Reverse Keyframes', after: '---\nframes: 17\n---\n0-8: c\n15: b\n16: a\n' },
    ]);
  });

  it('are commands in VS Code', () => {
    expect(rewrites(TEXT, '1: b', undefined, COMMANDS).map(({ command }) => command)).toEqual(COMMANDS);
    expect(rewrites('0: a\n', '0', undefined, COMMANDS).map(({ command }) => command)).toEqual(COMMANDS.slice(0, 2));
  });

  it('are offered at a key, and elsewhere only if refactorings are asked for', () => {
    for (const at of ['b\n', 'frames', '\n8']) expect(rewrites(TEXT, at, undefined, COMMANDS), at).toEqual([]);
    expect(rewrites(TEXT, 'b\n', [CodeActionKind.Refactor], COMMANDS)).toHaveLength(4);
    expect(rewrites(TEXT, 'frames', [CodeActionKind.RefactorRewrite], COMMANDS)).toHaveLength(3);
    expect(rewrites('a fox\n', 'a', [CodeActionKind.Refactor], COMMANDS)).toEqual([]);
    expect(rewrites(TEXT, '1: b', [CodeActionKind.QuickFix], COMMANDS)).toEqual([]);
  });

  it('are left out if they are not possible or change nothing', () => {
    expect(rewrites('0: a\n8: b\n16: c\n', '8')).toEqual([]);
    const even = '---\nframes: 17\n---\n0: a\n8: b\n16: c\n';
    expect(rewrites(even, '8').map(({ title }) => title)).toEqual(['Reverse Keyframes']);
  });
});

import { describe, expect, it } from 'vitest';
import { codeLensesOf } from '../../../server/features/code-lenses.ts';
import { analyze, URI } from '../hosts.ts';

describe('code lenses', () => {
  const BOTH = new Set(['travel.render', 'travel.previewFrame']);
  const shown = (text: string, commands: ReadonlySet<string>) =>
    codeLensesOf(analyze(text), commands).map(({ command }) => [command?.command, command?.arguments]);

  it('are for commands that the client can run', () => {
    const text = '---\nframes: 32\n---\n0-4: red\n50% ease: blue\n';
    expect(shown(text, BOTH)).toEqual([
      ['travel.render', [URI]],
      ['travel.previewFrame', [URI, 0]],
      ['travel.previewFrame', [URI, 16]],
    ]);
    expect(shown(text, new Set(['travel.render']))).toEqual([['travel.render', [URI]]]);
    expect(shown(text, new Set())).toEqual([]);
  });

  it('are for keyframes inside the clip, whose last frame is `frames` − 1', () => {
    expect(shown('---\nframes: 32\n---\n31: b\n32: c\n', new Set(['travel.previewFrame']))).toEqual([
      ['travel.previewFrame', [URI, 31]],
    ]);
  });

  it.each([
    [null, null, 'Render'],
    [42, 1.3e9, 'Render · about 0:42, 1.3 GB'],
    [0.2, null, 'Render · about 0:01'],
    [null, 24e9, 'Render · about 24 GB'],
  ])('show what a render needs, as far as it is known: %s s, %s bytes', (seconds, memory, title) => {
    const [lens] = codeLensesOf(analyze('0: a\n'), BOTH, { seconds, memory });
    expect(lens?.command?.title).toBe(title);
  });
});

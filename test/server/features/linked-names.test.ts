import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Location,
  PrepareRenameRequest,
  ReferencesRequest,
  RenameRequest,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { NodeHost } from '../../../server/hosts/node-host.ts';
import { ROOT } from '../../docs/pages.ts';
import { type Editor, editorInProcess } from '../editor.ts';

const BRACED = '$' + '{hero}';
const FILES: Readonly<Record<string, string>> = {
  'base.travel': '---\ndefine:\n  hero: "silver fox"\n  place: "old pier with $hero"\n---\n',
  'middle.travel': '---\nextends: base.travel\nnegative_prompt: not $hero\n---\n',
  'scenes/child.travel': `---\nextends: ../base.travel\nframes: 16\n---\n$hero at the $place\n0: ${BRACED} asleep\n`,
  'scenes/grandchild.travel': '---\nextends: ../middle.travel\n---\n0: $hero\n',
  'scenes/other.travel': '---\ndefine: {hero: a dog}\n---\n$hero\n',
  'scenes/override.travel': '---\nextends: ../base.travel\ndefine: {hero: a cat}\n---\n$hero at $place\n',
  'node_modules/x/copy.travel': '---\nextends: ../../base.travel\n---\n$hero\n',
};

describe('a name in files that extend one another', () => {
  let folder: string;
  let editor: Editor;
  const uri = (file: string) => pathToFileURL(join(folder, file)).href;
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'travel-names-'));
    const host = new NodeHost(pathToFileURL(`${ROOT}/`));
    editor = editorInProcess(host);
    await editor.initialize(undefined, undefined, pathToFileURL(folder).href);
  });
  beforeEach(() => {
    for (const [file, text] of Object.entries(FILES)) {
      write(file, text);
      chmodSync(join(folder, file), 0o644);
    }
  });
  afterAll(async () => {
    await editor.shutdown();
    rmSync(folder, { recursive: true });
  });

  const at = (file: string, text: string, word: string) => ({
    textDocument: { uri: uri(file) },
    position: TextDocument.create('', 'travel', 0, text).positionAt(text.indexOf(word) + 1),
  });

  /** The files after a rename, by name; the reason if it is refused. */
  async function renamed(file: string, word: string, newName: string, text = textOf(file)) {
    await editor.open(uri(file), text);
    try {
      const edit: WorkspaceEdit | null = await editor.connection.sendRequest(RenameRequest.type, {
        ...at(file, text, word),
        newName,
      });
      return Object.fromEntries(
        Object.entries(edit?.changes ?? {}).map(([changed, edits]) => {
          const name = Object.keys(FILES).find((candidate) => uri(candidate) === changed)!;
          const before = name === file ? text : textOf(name);
          return [name, TextDocument.applyEdits(TextDocument.create('', 'travel', 0, before), edits)];
        }),
      );
    } catch (error) {
      return (error as Error).message;
    } finally {
      await editor.close(uri(file));
    }
  }

  const linked = [
    'base.travel',
    'middle.travel',
    'scenes/child.travel',
    'scenes/grandchild.travel',
    'scenes/override.travel',
  ];
  const expected = () =>
    Object.fromEntries(
      linked.map((file) => [
        file,
        FILES[file]!.replaceAll(/\$hero|\{hero\}|hero:/g, (use) => use.replace('hero', 'captain')),
      ]),
    );

  it.each([
    ['base.travel', 'hero:'],
    ['base.travel', 'hero"'],
    ['middle.travel', 'hero'],
    ['scenes/child.travel', 'hero'],
    ['scenes/child.travel', 'hero}'],
    ['scenes/grandchild.travel', 'hero'],
    ['scenes/override.travel', 'hero: a cat'],
  ])('is renamed everywhere from %s, at %s', async (file, word) => {
    expect(await renamed(file, word, 'captain')).toEqual(expected());
  });

  it('is renamed alone in a file that shares nothing', async () => {
    expect(Object.keys(await renamed('scenes/other.travel', 'hero', 'captain'))).toEqual(['scenes/other.travel']);
  });

  it('is found in all of them', async () => {
    for (const file of linked) {
      const text = textOf(file);
      await editor.open(uri(file), text);
      const found: Location[] | null = await editor.connection.sendRequest(ReferencesRequest.type, {
        ...at(file, text, 'hero'),
        context: { includeDeclaration: true },
      });
      expect([file, new Set(found!.map((place) => place.uri))]).toEqual([file, new Set(linked.map(uri))]);
      expect(found).toHaveLength(8);
      expect(await editor.connection.sendRequest(PrepareRenameRequest.type, at(file, text, 'hero'))).not.toBeNull();
      await editor.close(uri(file));
    }
  });

  it('is renamed in unsaved text, and by what is on the disk now', async () => {
    const unsaved = '---\nextends: base.travel\n---\n0: new $hero\n';
    await editor.open(uri('middle.travel'), unsaved);
    write('base.travel', `${FILES['base.travel']}$hero\n`);
    const found = await renamed('scenes/child.travel', 'hero', 'captain');
    const edit = (found as Record<string, string>)['base.travel'];
    expect(edit).toContain('$captain\n');
    const references: Location[] | null = await editor.connection.sendRequest(ReferencesRequest.type, {
      ...at('middle.travel', unsaved, 'hero'),
      context: { includeDeclaration: false },
    });
    expect(references!.filter((place) => place.uri === uri('middle.travel'))).toMatchObject([
      { range: { start: { line: 3, character: 8 } } },
    ]);
    await editor.close(uri('middle.travel'));
  });

  it('is not renamed to a name that any of the files defines, or if one of them is read-only', async () => {
    expect(await renamed('base.travel', 'hero', 'place')).toContain('“place” is already defined');
    write('scenes/child.travel', FILES['scenes/child.travel']!.replace('frames: 16', 'define: {captain: x}'));
    expect(await renamed('base.travel', 'hero', 'captain')).toContain('“captain” is already defined in “child.travel”');
    expect(await renamed('scenes/grandchild.travel', 'hero', 'captain')).toContain('in “child.travel”');
    write('scenes/child.travel', FILES['scenes/child.travel']!);
    chmodSync(join(folder, 'middle.travel'), 0o444);
    expect(await renamed('base.travel', 'hero', 'captain')).toContain(
      '“middle.travel” uses this name and cannot be edited',
    );
  });
});

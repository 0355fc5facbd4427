import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** The house: each room and the rooms it may import. The README draws the same picture. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  protocol: [],
  prompt: ['protocol'],
  grammar: ['protocol', 'prompt'],
  weights: ['protocol'],
  engine: ['protocol', 'prompt', 'weights'],
  library: ['protocol', 'prompt', 'grammar', 'weights'],
  server: ['protocol', 'prompt', 'grammar'],
  client: ['protocol'],
  cli: ['protocol', 'grammar', 'library', 'weights'],
};

/** Single files that may reach further: process entries, which put rooms together. */
const ENTRY_MAY_IMPORT: Record<string, readonly string[]> = {
  'server/node.ts': ['library', 'weights'],
  'cli/language-server.ts': ['server', 'library'],
};

/** The one file of another process that others may import: it starts the engine and talks to it. */
const ENGINE_CLIENT = join('engine', 'client.ts');

const WITHOUT_NODE = ['protocol', 'prompt', 'grammar'];

interface Import {
  readonly file: string;
  readonly room: string;
  readonly specifier: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(room: string): Import[] {
  return sourceFiles(join(ROOT, room)).flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    const specifiers = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g);
    return [...specifiers].map((match) => ({ file: relative(ROOT, path), room, specifier: match[1]! }));
  });
}

const rooms = Object.keys(MAY_IMPORT);
const imports = rooms.flatMap(importsOf);

function wrong(rule: (found: Import) => boolean): string[] {
  return imports.filter(rule).map(({ file, specifier }) => `${file} imports ${specifier}`);
}

const isPackage = (specifier: string, name: string) => specifier === name || specifier.startsWith(`${name}/`);

describe('the house', () => {
  it('has imports to look at', () => {
    expect(imports.length).toBeGreaterThan(20);
  });

  it('has no arrow that the map does not show', () => {
    expect(
      wrong(({ file, room, specifier }) => {
        if (!specifier.startsWith('.')) return false;
        const target = relative(ROOT, resolve(ROOT, dirname(file), specifier));
        const targetRoom = target.split(sep)[0]!;
        if (targetRoom === room) return false;
        if (target === ENGINE_CLIENT && (room === 'cli' || room === 'client')) return false;
        const allowed = [...MAY_IMPORT[room]!, ...(ENTRY_MAY_IMPORT[file.split(sep).join('/')] ?? [])];
        return !allowed.includes(targetRoom);
      }),
    ).toEqual([]);
  });

  it('keeps Node out of the rooms that run in a browser', () => {
    expect(wrong(({ room, specifier }) => WITHOUT_NODE.includes(room) && isBuiltin(specifier))).toEqual([]);
  });

  it('keeps vscode in client, langium in grammar and server, ONNX Runtime in engine/onnx', () => {
    expect(
      wrong(
        ({ file, room, specifier }) =>
          (isPackage(specifier, 'vscode') && room !== 'client') ||
          ((isPackage(specifier, 'langium') || isPackage(specifier, 'chevrotain')) &&
            room !== 'grammar' &&
            room !== 'server') ||
          (isPackage(specifier, 'onnxruntime-node') && !file.startsWith(join('engine', 'onnx'))),
      ),
    ).toEqual([]);
  });
});

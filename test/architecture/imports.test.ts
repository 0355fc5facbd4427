import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXCEPTIONS, MAY_IMPORT, NEVER_IMPORT, ONLY_IN, WITHOUT_NODE } from './arrows.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Import {
  /** Relative to the root, with `/`. */
  readonly file: string;
  readonly folder: string;
  readonly specifier: string;
  /** Relative to the root, with `/`; null for a package. */
  readonly target: string | null;
}

const posix = (path: string) => path.split(sep).join('/');

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(folder: string): Import[] {
  return sourceFiles(join(ROOT, folder)).flatMap((path) => {
    const specifiers = readFileSync(path, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g);
    return [...specifiers].map(([, specifier]) => ({
      file: posix(relative(ROOT, path)),
      folder,
      specifier: specifier!,
      target: specifier!.startsWith('.') ? posix(relative(ROOT, resolve(dirname(path), specifier!))) : null,
    }));
  });
}

const imports = Object.keys(MAY_IMPORT).flatMap(importsOf);

const folderOf = (path: string) => path.split('/')[0]!;
/** Whether a path is a folder, or a file in it. */
const isIn = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

function wrong(rule: (found: Import) => boolean): string[] {
  return imports.filter(rule).map(({ file, specifier }) => `${file} imports ${specifier}`);
}

describe('the architecture', () => {
  it('has imports in every folder', () => {
    for (const folder of Object.keys(MAY_IMPORT)) {
      expect(sourceFiles(join(ROOT, folder)).length, folder).toBeGreaterThan(0);
    }
    expect(imports.length).toBeGreaterThan(500);
  });

  it('knows every folder with sources', () => {
    const other = ['bench', 'coverage', 'dist', 'node_modules', 'scripts', 'test'];
    const folders = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !other.includes(entry.name))
      .filter(({ name }) => sourceFiles(join(ROOT, name)).length > 0);
    expect(folders.map(({ name }) => name).toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
  });

  it('has no arrow that the data does not show', () => {
    expect(
      wrong(({ file, folder, target }) => {
        if (target === null || folderOf(target) === folder) return false;
        if (MAY_IMPORT[folder]!.includes(folderOf(target))) return false;
        return !EXCEPTIONS.some(({ from, to }) => isIn(file, from) && isIn(target, to));
      }),
    ).toEqual([]);
  });

  it('shows no arrow that is not used', () => {
    const unused = Object.entries(MAY_IMPORT).flatMap(([folder, allowed]) =>
      allowed.filter((to) => !imports.some((found) => found.folder === folder && found.target?.startsWith(`${to}/`))),
    );
    const unusedExceptions = EXCEPTIONS.filter(
      ({ from, to }) => !imports.some(({ file, target }) => target !== null && isIn(file, from) && isIn(target, to)),
    );
    expect([unused, unusedExceptions]).toEqual([[], []]);
  });

  it.each(NEVER_IMPORT)('has no import from $from to $to', ({ from, to }) => {
    expect(sourceFiles(join(ROOT, from)).length).toBeGreaterThan(0);
    expect(wrong(({ file, target }) => target !== null && isIn(file, from) && isIn(target, to))).toEqual([]);
  });

  it('has no circle of folders', () => {
    const reach = (from: string, seen: ReadonlySet<string>): string[] =>
      MAY_IMPORT[from]!.flatMap((to) => (seen.has(to) ? [`${from} → ${to}`] : reach(to, new Set([...seen, to]))));
    for (const folder of Object.keys(MAY_IMPORT)) expect(reach(folder, new Set([folder]))).toEqual([]);
  });

  it('has no circle of files', () => {
    const targets = new Map<string, string[]>();
    for (const { file, target } of imports) {
      if (target !== null) targets.set(file, [...(targets.get(file) ?? []), target]);
    }
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (path.includes(file) || done.has(file)) return;
      for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of targets.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('keeps Node out of what runs in a browser', () => {
    expect(
      wrong(({ file, specifier }) => WITHOUT_NODE.some((place) => isIn(file, place)) && isBuiltin(specifier)),
    ).toEqual([]);
  });

  it("creates folders with `makeFolder`, because Node's recursive `mkdir` never ends in some places", () => {
    const recursive = Object.keys(MAY_IMPORT)
      .flatMap((folder) => sourceFiles(join(ROOT, folder)))
      .filter((path) => /^(?!\s*(\*|\/\/)).*\bmkdir(Sync)?\(.*recursive: true/m.test(readFileSync(path, 'utf8')));
    expect(recursive).toEqual([]);
  });

  it.each(Object.entries(ONLY_IN))('imports %s in its own places only', (name, places) => {
    const isPackage = (specifier: string) => specifier === name || specifier.startsWith(`${name}/`);
    expect(wrong(({ file, specifier }) => isPackage(specifier) && !places.some((place) => isIn(file, place)))).toEqual(
      [],
    );
  });
});

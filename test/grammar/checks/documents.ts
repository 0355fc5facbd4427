import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { ROOT } from '../../docs/pages.ts';
import { travelText } from '../text.ts';

const CASES = resolve(import.meta.dirname, '../cases');

const filesIn = (folder: string, extension: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .sort()
    .map((file) => ({ name: file, text: readFileSync(join(folder, file), 'utf8') }));

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** Files that people have. */
export const caseFiles: readonly NamedText[] = filesIn(CASES, '.travel');

/** The `travel` examples of all pages, and the files of `examples/`. */
export const documentedTexts: readonly NamedText[] = [
  ...filesIn(join(ROOT, 'docs'), '.md').flatMap(({ name, text }) =>
    Array.from(text.matchAll(/^```travel\n([\s\S]*?)\n```/gm), ([, example], i) => ({
      name: `${name} ${i + 1}`,
      text: example!,
    })),
  ),
  ...filesIn(join(ROOT, 'examples'), '.travel'),
];

const written = [...caseFiles, ...documentedTexts].map(({ text }) => text.replaceAll('\r\n', '\n'));

const MATTER = /^---\n[\s\S]*?\n---\n/;
const matters = ['', ...new Set(written.flatMap((text) => MATTER.exec(text)?.[0] ?? []))];
const lines = [...new Set(written.flatMap((text) => text.replace(MATTER, '').split('\n')))];

/** Mixtures of the settings and lines of all of these files, and texts that resemble them. */
export const mixedText: fc.Arbitrary<string> = fc.oneof(
  travelText,
  fc
    .tuple(
      fc.constantFrom(...matters),
      fc.array(fc.constantFrom(...lines), { maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
    )
    .map(([matter, body, newline, last]) => (matter + body.join('\n') + (last ? '\n' : '')).replaceAll('\n', newline)),
);

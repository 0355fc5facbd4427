import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../grammar/language.ts';
import type { Problem } from '../../grammar/problem.ts';
import { testEnvironment } from '../grammar/environment.ts';
import { environmentOf, pages, ROOT } from './pages.ts';

const FORBIDDEN =
  /\bblanks?\b|\bfilms?\b|\bpictures?\b|\bstands?\b|\blies\b|\bsays?\b|\btells?\b|\btold\b|\bnobody\b|\bthere (?:is|are) no|\bis no\b|\ba text\b|\bput together\b|\bletter for letter\b|\bdoes nothing\b|\brepair|\bmend\b|\bbear\b/i;

const MOST_WORDS = 12;

/** Quotations count as one word, and their content is the author's. Targets of links and the name FILM are not prose. */
const withoutQuotations = (text: string) =>
  text.replace(/“[^”]*”|`[^`]*`|\{[a-z]+\}|\]\([^)]*\)|\bFILM\b/g, 'quotation');

function wordsOfFirstSentence(message: string): number {
  const [sentence] = withoutQuotations(message).split(/[.!?](?=\s|$)/);
  return sentence!.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** The code blocks of the documentation, and the example files. */
function documentedTexts(): string[] {
  const markdown = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((file) => `docs/${file}`)].filter((file) =>
    file.endsWith('.md'),
  );
  const blocks = markdown.flatMap((file) =>
    Array.from(
      readFileSync(join(ROOT, file), 'utf8').matchAll(/^```(?:travel|yaml)?\n([\s\S]*?)^```/gm),
      ([, block]) => block!,
    ),
  );
  const examples = readdirSync(join(ROOT, 'examples')).filter((file) => file.endsWith('.travel'));
  return [...blocks, ...examples.map((file) => readFileSync(join(ROOT, 'examples', file), 'utf8'))];
}

const texts = documentedTexts();

const problems: readonly Problem[] = [
  ...pages.flatMap((page) =>
    page.examples
      ? [page.examples.wrong, page.examples.right].flatMap((text) => checkTravel(text, environmentOf(page)).problems)
      : [],
  ),
  ...texts.flatMap((text) => checkTravel(text, testEnvironment()).problems),
  // Every documented text also as a file of the other dialect and as a part of a clip.
  ...texts.flatMap((text) => checkTravel(text, testEnvironment(), { overrides: { dialect: 'webui' } }).problems),
  ...texts.flatMap((text) => checkTravel(text, testEnvironment(), { frames: { from: 9, to: 3 } }).problems),
];

describe('the messages of the documented examples', () => {
  it('cover every page', () => {
    const found = new Set(problems.map(({ code }) => code));
    const expected = pages.map(({ code }) => `travel/${code}` as const);
    expect(expected.filter((code) => !found.has(code))).toEqual([]);
  });

  it(`have a first sentence of at most ${MOST_WORDS} words`, () => {
    const long = problems.map(({ message }) => message).filter((message) => wordsOfFirstSentence(message) > MOST_WORDS);
    expect([...new Set(long)]).toEqual([]);
  });

  it('are plain English', () => {
    const written = problems.flatMap(({ message, related = [], fixes = [] }) => [
      message,
      ...related.map((place) => place.message),
      ...fixes.map(({ title }) => title),
    ]);
    expect([...new Set(written)].filter((text) => FORBIDDEN.test(withoutQuotations(text)))).toEqual([]);
  });
});

it('diagnostics pages and the language page are plain English', () => {
  const files = [
    'docs/language.md',
    'docs/diagnostics/README.md',
    ...pages.map(({ code }) => `docs/diagnostics/${code}.md`),
  ];
  const prose = files.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .replace(/^```[\s\S]*?^```/gm, '')
      .split(/(?<=[.:])\s|\n\n/)
      .map((sentence) => `${file}: ${sentence.replaceAll('\n', ' ')}`),
  );
  expect(prose.filter((sentence) => FORBIDDEN.test(withoutQuotations(sentence)))).toEqual([]);
});

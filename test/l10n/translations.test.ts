import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { placeholdersIn, translatedTexts, untranslatedTexts } from './texts.ts';
import { NAMES, UNTRANSLATED } from './untranslated.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LANGUAGES = ['zh-cn', 'ja'] as const;

const Texts = z.record(z.string(), z.string().min(1));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const textsIn = (path: string) => Texts.parse(JSON.parse(read(path)));

/** Each is shown as one sentence of advice. */
function expectNone(problems: readonly string[]): void {
  expect(problems.join('\n')).toBe('');
}

/** What every translation has to have as the English text has it: values, code, and the addresses of links. */
function marksOf(text: string): string[] {
  const code = text.match(/`[^`]+`/g) ?? [];
  const links = Array.from(text.matchAll(/\]\(([^)]+)\)/g), ([, address]) => address!);
  const lines = text.split('\n').length;
  return [...placeholdersIn(text).map((name) => `{${name}}`), ...code, ...links, `${lines} lines`].toSorted();
}

/** @param english the English text of each key */
function wrongTranslations(file: string, english: Readonly<Record<string, string>>): string[] {
  return Object.entries(textsIn(file)).flatMap(([key, text]) => {
    const [wanted, found] = [marksOf(english[key] ?? ''), marksOf(text)];
    if (!(key in english) || wanted.join() === found.join()) return [];
    return [`${file}: “${text}” has ${found.join(' ')}, and its English text has ${wanted.join(' ')}.`];
  });
}

const { texts, mistakes } = translatedTexts();

describe('texts in the code', () => {
  const english = Object.fromEntries(texts.map(({ text }) => [text, text]));

  it('are found, and are called with their values', () => {
    expect(texts.length).toBeGreaterThan(300);
    expectNone(mistakes);
  });

  it.each(LANGUAGES)('are translated to %s, and nothing else is', (language) => {
    const file = `l10n/bundle.l10n.${language}.json`;
    const translations = textsIn(file);
    const missing = texts.filter(
      ({ text }, i) => translations[text] === undefined && texts.findIndex((first) => first.text === text) === i,
    );
    const unused = Object.keys(translations).filter((text) => !(text in english));
    expectNone([
      ...missing.map(({ place, text }) => `${place}: add ${JSON.stringify(text)}: "…" to ${file}.`),
      ...unused.map((text) => `${file}: remove ${JSON.stringify(text)}, which nothing shows any more.`),
      ...wrongTranslations(file, english),
    ]);
  });

  it('are all translated, except names and what nobody sees', () => {
    const found = untranslatedTexts();
    expectNone(
      found
        .filter(({ text }) => !UNTRANSLATED.some((exception) => exception.text.test(text)))
        .map(({ place, text }) => `${place}: write l10n.t('…') for “${text}”, or give a reason in untranslated.ts.`),
    );
    const unused = UNTRANSLATED.filter((exception) => !found.some(({ text }) => exception.text.test(text)));
    expect(unused).toEqual([]);
  });
});

describe('texts of package.json', () => {
  const manifest: unknown = JSON.parse(read('package.json'));
  const english = textsIn('package.nls.json');

  it('are all in package.nls.json, and nothing else is', () => {
    const used = new Set(Array.from(read('package.json').matchAll(/"%([^%"]+)%"/g), ([, key]) => key!));
    const keys = Object.keys(english);
    expectNone([...used].filter((key) => !keys.includes(key)).map((key) => `package.nls.json: add "${key}".`));
    expectNone(keys.filter((key) => !used.has(key)).map((key) => `package.nls.json: remove "${key}".`));
    expectNone(
      shownIn(manifest)
        .filter(({ text }) => !NAMES.has(text) && !/^%.+%$/.test(text))
        .map(({ path, text }) => `package.json, ${path}: move “${text}” to package.nls.json, and write "%key%".`),
    );
  });

  it.each(LANGUAGES)('are translated to %s', (language) => {
    const file = `package.nls.${language}.json`;
    const translations = textsIn(file);
    const missing = Object.entries(english).filter(([key]) => !(key in translations));
    const unused = Object.keys(translations).filter((key) => !(key in english));
    expectNone([
      ...missing.map(([key, text]) => `${file}: add "${key}": "…" for ${JSON.stringify(text)}.`),
      ...unused.map((key) => `${file}: remove "${key}".`),
      ...wrongTranslations(file, english),
    ]);
  });

  it.each(LANGUAGES)('call buttons and commands the same in %s', (language) => {
    const [manifestTexts, bundle] = [`package.nls.${language}.json`, `l10n/bundle.l10n.${language}.json`].map(textsIn);
    const both = Object.entries(english).filter(([, text]) => text in bundle!);
    expect(both.length).toBeGreaterThan(10);
    // The title of the walkthrough's step is a verb.
    const commands = both.filter(([key]) => !key.startsWith('walkthrough.'));
    for (const [key, text] of commands) expect(manifestTexts![key], key).toBe(bundle![text]);
  });
});

/** Properties of package.json that VS Code shows. */
const SHOWN = new Set([
  ...['title', 'description', 'markdownDescription', 'enumDescriptions', 'markdownEnumDescriptions'],
  ...['deprecationMessage', 'displayName', 'label', 'category', 'altText', 'contextualTitle', 'contents'],
]);

function shownIn(part: unknown, path = ''): { readonly path: string; readonly text: string }[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]: [string, unknown]) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (!SHOWN.has(key)) return shownIn(value, at);
    return [value].flat().flatMap((text) => (typeof text === 'string' ? [{ path: at, text }] : shownIn(text, at)));
  });
}

describe('pages of the walkthrough', () => {
  const folder = 'media/walkthrough';
  const pages = readdirSync(join(ROOT, folder)).filter((name) => /^[\w-]+\.md$/.test(name));

  it.each(LANGUAGES.flatMap((language) => pages.map((page) => ({ language, page }))))(
    'are translated: $page to $language',
    ({ language, page }) => {
      // VS Code shows the page of this name instead.
      const translated = `${folder}/${page.replace(/\.md$/, `.nls.${language}.md`)}`;
      expect(existsSync(join(ROOT, translated)), `Add ${translated}.`).toBe(true);
      expect(skeletonOf(read(translated))).toEqual(skeletonOf(read(`${folder}/${page}`)));
    },
  );
});

/** What a page has in every language. */
function skeletonOf(page: string) {
  return {
    samples: page.match(/```[\s\S]*?```/g),
    code: [...new Set(page.replaceAll(/```[\s\S]*?```/g, '').match(/`[^`\n]+`/g))].toSorted(),
    addresses: Array.from(page.matchAll(/\]\(([^)]+)\)/g), ([, address]) => address),
    rows: page.match(/^\|/gm)?.length,
    headings: page.match(/^#+ /gm),
  };
}

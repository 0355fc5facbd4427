import { UNSUPPORTED_FAMILIES } from '../weights/unsupported.ts';

const LIST = /(<!-- (?<name>unsupported-\w+) -->\n)[\s\S]*?(<!-- \/unsupported -->)/g;

/** A page with the lists of families that it has a place for: `<!-- unsupported-files -->` … `<!-- /unsupported -->`. */
export const withUnsupported = (page: string): string =>
  page.replace(LIST, (_, start: string, name: string, end: string) => `${start}${textOf(name)}\n${end}`);

/** The names of the lists that a page has a place for. */
export const unsupportedIn = (page: string): string[] => [...page.matchAll(LIST)].map(({ groups }) => groups!.name!);

export const UNSUPPORTED_LISTS: readonly string[] = ['unsupported-files', 'unsupported-loras'];

function textOf(name: string): string {
  const families = name === 'unsupported-files' ? UNSUPPORTED_FAMILIES.files : UNSUPPORTED_FAMILIES.loras;
  const names = [...new Set(families.map(([what]) => what.replace(/^an? /, '')))];
  return lines(`${names.toSorted((a, b) => a.localeCompare(b, 'en')).join(' · ')}`);
}

/** As long as those of the pages. */
const LONGEST = 125;

function lines(text: string): string {
  const all = [''];
  for (const word of text.split(' ')) {
    const line = all.at(-1)!;
    if (line !== '' && line.length + 1 + word.length > LONGEST) all.push(word);
    else all[all.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return all.join('\n');
}

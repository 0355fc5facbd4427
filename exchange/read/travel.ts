import { isSettingKey } from '../../grammar/settings/schema.ts';
import { parseTravel } from '../../grammar/syntax/parse.ts';
import type { ExchangeFormat, ReadOwn, Source } from '../format.ts';

/** A `.travel` file, or the source that a render wrote into its files. */
export const travel: ExchangeFormat = {
  name: 'travel',
  detect: ({ text, field }) => field === 'travel' || hasSettings(text),
  read: ({ text }: Source): ReadOwn => ({ travel: text, notes: [] }),
};

function hasSettings(text: string): boolean {
  if (!/^---[ \t]*\r?\n/.test(text)) return false;
  const { frontMatter } = parseTravel(text);
  if (!frontMatter?.closed) return false;
  const { start, end } = frontMatter.yaml;
  return Array.from(text.slice(start, end).matchAll(/^([a-z_]+):/gm)).some(([, key]) => isSettingKey(key!));
}

import { z } from 'zod';
import { isSettingKey } from '../../grammar/settings/schema.ts';
import { frontMatterEnd } from '../../grammar/syntax/joined-lines.ts';
import { parseTravel } from '../../grammar/syntax/parse.ts';
import { recordIn } from '../../plan/infotext.ts';
import type { ExchangeFormat, ReadOwn, Source } from '../format.ts';

/** A `.travel` file, or the source that a render wrote into its files. */
export const travel: ExchangeFormat = {
  name: 'travel',
  detect: ({ text, field }) => field === 'travel' || sourceIn(text) !== null || hasSettings(text),
  read: ({ text, field }: Source): ReadOwn => ({
    travel: (field === 'travel' ? null : sourceIn(text)) ?? text,
    notes: [],
  }),
};

function hasSettings(text: string): boolean {
  if (!/^---[ \t]*\r?\n/.test(text)) return false;
  const { frontMatter } = parseTravel(text.slice(0, frontMatterEnd(text)));
  if (!frontMatter?.closed) return false;
  const { start, end } = frontMatter.yaml;
  return Array.from(text.slice(start, end).matchAll(/^([a-z_]+):/gm)).some(([, key]) => isSettingKey(key!));
}

const Recorded = z.object({ source: z.string() });

/** The source in a text file that a render wrote; null: it is another file, or was modified. */
function sourceIn(text: string): string | null {
  const [, length, json] = /^prompt-travel\/1 (\d{1,12}) [0-9a-f]{64} (\{.*\})$/s.exec(recordIn(text) ?? '') ?? [];
  if (json === undefined || json.length !== Number(length)) return null;
  try {
    return Recorded.parse(JSON.parse(json)).source;
  } catch {
    // The parameters around it are read instead.
    return null;
  }
}

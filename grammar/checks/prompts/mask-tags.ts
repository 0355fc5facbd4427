import { parseExtraNetworks } from '../../../prompt/extra-networks.ts';

/** The same length, with every character of a tag replaced by `|`: names of files can look like syntax. */
export function maskTags(text: string): string {
  if (!text.includes('<')) return text;
  let result = '';
  for (const { start, end } of parseExtraNetworks(text).networks) {
    result += text.slice(result.length, start);
    result += '|'.repeat(end - start);
  }
  return result + text.slice(result.length);
}

import { stringify } from 'yaml';

/**
 * A text as a YAML scalar on one line: in quotes only if YAML would read it in another way.
 *
 * @param isInBraces whether it stands between braces or brackets, where commas end a text without quotes
 */
export function yamlScalar(text: string, isInBraces = false): string {
  // JSON's strings are YAML's, too.
  if (/[\r\n]/.test(text)) return JSON.stringify(text);
  if (!isInBraces) return stringify(text, STYLE).trimEnd();
  return stringify([text], { ...STYLE, collectionStyle: 'flow', flowCollectionPadding: false })
    .trimEnd()
    .slice(1, -1);
}

const STYLE = { lineWidth: 0, singleQuote: true } as const;

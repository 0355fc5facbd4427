/**
 * The first key that occurs twice in the outermost object of a JSON text, or null. `JSON.parse` silently keeps the last
 * one; programs that keep different ones would load different models from the same file.
 *
 * @param text valid JSON
 */
export function duplicateKey(text: string): string | null {
  const seen = new Set<string>();
  let depth = 0;
  let key: string | null = null;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth !== 1) continue;
    else if (token === ':' && key !== null) {
      if (seen.has(key)) return key;
      seen.add(key);
    } else key = token.startsWith('"') ? (JSON.parse(token) as string) : null;
  }
  return null;
}

/** Limits of a header's structure. Models of all supported kinds have at most a few thousand tensors. */
const MAX_DEPTH = 3;
const MAX_TOKENS = 1_000_000;
/**
 * Bytes of a string. Metadata that is longer, such as a preview image, is not used, and takes several times its length
 * to parse.
 */
const LONG = 2 ** 20;
const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Why a JSON header may not be parsed: it is nested too deeply or has too many values, which would take much more
 * memory than the header, or a key of the outermost object occurs twice (`JSON.parse` silently keeps the last one;
 * programs that keep different ones would load different models from the same file). null if it may be. One pass, in
 * constant stack.
 *
 * @param bytes UTF-8; need not be valid JSON
 */
export function headerProblem(bytes: Buffer): string | null {
  const keys = new Set<string>();
  let [depth, tokens] = [0, 0];
  /** The last string of the outermost object. */
  let key: string | null = null;
  for (let i = 0; i < bytes.length; i++) {
    switch (bytes[i]) {
      case QUOTE: {
        const end = stringEnd(bytes, i);
        if (depth === 1) key = unescaped(bytes.toString('utf8', i, end + 1));
        i = end;
        continue;
      }
      case OPEN_BRACKET:
      case OPEN_BRACE:
        if (++depth > MAX_DEPTH) return 'is nested too deeply';
        break;
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        depth--;
        break;
      case COLON:
        if (depth !== 1 || key === null) break;
        if (keys.has(key)) return `has two tensors named "${key.slice(0, 100)}"`;
        keys.add(key);
        key = null;
        break;
      case COMMA:
        break;
      default:
        continue;
    }
    if (++tokens > MAX_TOKENS) return `has more than ${MAX_TOKENS} values`;
  }
  return null;
}

/** The header with empty strings in place of very long values. @param bytes JSON that has no problem */
export function withoutLongValues(bytes: Buffer): Buffer {
  if (bytes.length <= LONG) return bytes;
  const kept: Buffer[] = [];
  let from = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== QUOTE) continue;
    const end = stringEnd(bytes, i);
    if (end - i > LONG && bytes[end + 1] !== COLON) {
      kept.push(bytes.subarray(from, i + 1));
      from = end;
    }
    i = end;
  }
  return from === 0 ? bytes : Buffer.concat([...kept, bytes.subarray(from)]);
}

/** The position of the quote that ends a string, or the end of the bytes. */
function stringEnd(bytes: Buffer, start: number): number {
  let i = start + 1;
  while (i < bytes.length && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return Math.min(i, bytes.length);
}

/** The text of a JSON string. A key can be written with escapes and without. */
function unescaped(json: string): string {
  if (!json.includes('\\')) return json.slice(1, -1);
  try {
    return String(JSON.parse(json));
  } catch {
    // Not a string in JSON: the parser reports it.
    return json;
  }
}

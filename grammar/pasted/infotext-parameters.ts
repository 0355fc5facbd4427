/** The parameters of an infotext in order; a name may occur twice. */
export type Parameters = readonly (readonly [name: string, value: string])[];

const NAME = /[ \t]{0,50}([\w][\w /-]{0,60}):[ \t]*/y;
/** A JSON string, or all that follows a quotation mark without another one; the group is the closing one. */
const QUOTED = /"(?:\\[\s\S]|[^\\"])*(")?/y;

/**
 * The parameters of the last line of an infotext. A value with a comma, colon or line break is a JSON string;
 * AnimateDiff 1.9.2 wrote its own as a bare JSON map.
 *
 * Source: A1111 `modules/infotext_utils.py`, `parse_generation_parameters`, `quote`.
 */
export function readParameters(line: string): Parameters {
  const found: [string, string][] = [];
  let at = 0;
  while (at < line.length) {
    NAME.lastIndex = at;
    const name = NAME.exec(line)?.[1];
    if (name === undefined) {
      // Text without a name, such as the rest of a value that contains a comma.
      const next = line.indexOf(',', at);
      const rest = line.slice(at, next < 0 ? line.length : next).trim();
      const last = found.at(-1);
      if (rest !== '' && last) last[1] += `, ${rest}`;
      at = next < 0 ? line.length : next + 1;
      continue;
    }
    at = NAME.lastIndex;
    const end = valueEnd(line, at);
    found.push([name, unquoted(line.slice(at, end).trim())]);
    const comma = line.indexOf(',', end);
    at = comma < 0 ? line.length : comma + 1;
  }
  return found;
}

function valueEnd(line: string, at: number): number {
  const quoted = quotedEnd(line, at);
  if (quoted !== null) return quoted;
  if (line[at] === '{') return mapEnd(line, at);
  const comma = line.indexOf(',', at);
  return comma < 0 ? line.length : comma;
}

/** The end of a JSON string that starts here; null if none does, or if it is not closed. */
function quotedEnd(line: string, start: number): number | null {
  QUOTED.lastIndex = start;
  return QUOTED.exec(line)?.[1] === undefined ? null : QUOTED.lastIndex;
}

/** The end of a JSON map; of an unquoted value if it is not closed. */
function mapEnd(line: string, start: number): number {
  let depth = 0;
  for (let at = start; at < line.length; at++) {
    if (line[at] === '"') {
      const end = quotedEnd(line, at);
      if (end === null) break;
      at = end - 1;
    } else if (line[at] === '{') depth++;
    else if (line[at] === '}' && --depth === 0) return at + 1;
  }
  const comma = line.indexOf(',', start);
  return comma < 0 ? line.length : comma;
}

/** The value of a parameter. A1111 writes one with a comma, colon or line break as a JSON string. */
export function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'string' ? parsed : value;
  } catch {
    // Not JSON, so it is not quoted: A1111 keeps it as it is, too.
    return value;
  }
}

/** Width and height in pixels, as in `512x768`; null if it is not such a value. */
export function sizeOf(value: string): readonly [width: number, height: number] | null {
  const match = /^(\d+)x(\d+)$/.exec(value);
  return match && [Number(match[1]), Number(match[2])];
}

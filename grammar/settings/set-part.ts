import { newlineOf } from '../line-ends.ts';
import type { Fix, TextSpan } from '../problem.ts';
import type { WrittenSettings } from './set-frames.ts';

/** Whether a value is followed by the next entry of a map in braces, or by its end. */
export const isInBraces = (text: string, end: number): boolean => /^\s*[,}]/.test(text.slice(end, end + 80));

/**
 * Sets a part of a map, in braces or in lines.
 *
 * @param path of the map, such as `controlnet.0`
 * @param beside a part on one line that the map has, if it does not have this one
 * @returns null if the map is not written in this file
 */
export function setPart(
  { spans, document: { text } }: WrittenSettings,
  path: string,
  part: readonly [key: string, value: string],
  beside: string,
): Fix['edits'][number] | null {
  const [key, value] = part;
  const own = spans.get(`${path}.${key}`)?.value;
  if (own) return { span: own, text: value };
  const other = spans.get(`${path}.${beside}`);
  if (!other) return null;
  const { end } = other.value;
  if (isInBraces(text, end)) return { span: at(end), text: `, ${key}: ${value}` };
  const lineStart = text.lastIndexOf('\n', other.key.start - 1) + 1;
  const lineLength = text.slice(end).search(/\r?\n|$/);
  const indentation = ' '.repeat(other.key.start - lineStart);
  return { span: at(end + lineLength), text: `${newlineOf(text)}${indentation}${key}: ${value}` };
}

const at = (offset: number): TextSpan => ({ start: offset, end: offset });

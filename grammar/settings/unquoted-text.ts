import type { TextSpan } from '../problem.ts';
import { kindOf } from './inspect.ts';
import type { SettingIssue } from './issues.ts';
import { isSettingKey, Settings } from './schema.ts';

/** A setting on a line of its own, or a definition, with its value. */
const LINE = /^([ \t]*)([^\s:#"'][^:\n"']{0,60}):[ \t]+(\S[^\r\n]*)$/gm;

/** YAML gives these a meaning at the start of a value: lists, maps, anchors, tags, block texts, reserved characters. */
const INDICATOR = /^(?:[[\]{},*&!%@`|>]|[-?](?=\s|$))/;
const BLOCK_HEADER = /^[|>][-+\d]{0,2}$/;
const QUOTED = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')$/;
/** A comment in the middle of text usually has a space after its `#`. */
const COMMENT = /\s#(?=\s|$)/;
const CUT = /[ \t]#(?=\S)/;

/**
 * The values of text settings and definitions that YAML reads as something else, because they are not in quotes: prompts
 * often start with brackets or quotes.
 *
 * @returns the issues, and the text with each unreadable value made a word of the same length, so that the lines around it
 * can be read
 */
export function findUnquotedText(text: string): { readonly text: string; readonly issues: SettingIssue[] } {
  const issues: SettingIssue[] = [];
  let inDefinitions = false;
  const readable = text.replace(LINE, (line: string, indentation: string, key: string, rest: string, at: number) => {
    if (indentation === '') inDefinitions = false;
    const isText = indentation === '' ? isSettingKey(key) && kindOf(Settings.shape[key]) === 'text' : inDefinitions;
    if (!isText || isContinued(text, at + line.length)) return line;
    const comment = COMMENT.exec(rest);
    const value = rest.slice(0, comment?.index).trimEnd();
    const start = at + line.length - rest.length;
    const span: TextSpan = { start, end: start + value.length };
    const character = startOf(value);
    if (character !== null) {
      issues.push({ kind: 'front-matter-syntax', span, reason: 'unquoted', value, start: { character } });
      return line.slice(0, line.length - rest.length) + 'x'.repeat(value.length) + rest.slice(value.length);
    }
    const cut = QUOTED.test(value) || /^["']/.test(value) ? null : CUT.exec(value);
    if (cut) {
      const hash = { start: start + cut.index + 1, end: span.end };
      issues.push({ kind: 'front-matter-syntax', span: hash, reason: 'cut-by-comment', value, text: span });
    }
    return line;
  });
  return { text: readable, issues };

  function startOf(value: string): string | null {
    if (INDICATOR.test(value)) return BLOCK_HEADER.test(value) ? null : value.charAt(0);
    return /^["']/.test(value) && !QUOTED.test(value) && !QUOTED.test(withoutTag(value)) ? value.charAt(0) : null;
  }
}

/** A comment directly after a quoted value. */
const withoutTag = (value: string) => value.replace(/[ \t]+#.*$/, '');

/** Whether the next line is indented, so that it belongs to the same value. */
function isContinued(text: string, lineEnd: number): boolean {
  return /^\r?\n[ \t]+\S/.test(text.slice(lineEnd, lineEnd + 200));
}

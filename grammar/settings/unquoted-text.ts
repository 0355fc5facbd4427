import type { TextSpan } from '../problem.ts';
import { kindOf } from './inspect.ts';
import type { SettingIssueOf } from './issues.ts';
import { isSettingKey, Settings } from './schema.ts';

const LINE = /^([ \t]*)([^\s:#"'{[][^:]{0,60}):(?:[ \t]+(\S.*))?$/;

/** YAML gives these a meaning at the start of a value: lists, maps, anchors, tags, block texts, reserved characters. */
const INDICATOR = /^(?:[[\]{},*&!%@`|>]|[-?](?=\s|$))/;
const BLOCK_HEADER = /^[|>][-+\d]{0,2}(?:[ \t]+#.*)?$/;
const QUOTED = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(?:[ \t]+#.*|[ \t]*)$/;
/** A space after it shows that a comment is intended. */
const COMMENT = /[ \t]#(?=[ \t]|$)/;
const CUT = /[ \t]#(?=[^ \t])/;

/**
 * The values of text settings and definitions that YAML reads as something else, because they are not in quotes: prompts
 * often start with brackets or quotes.
 *
 * @returns the issues, and the text with each unreadable value made a word of the same length, so that the lines around it
 * can be read
 */
export function findUnquotedText(text: string): {
  readonly text: string;
  readonly issues: readonly SettingIssueOf<'front-matter-syntax'>[];
} {
  const issues: SettingIssueOf<'front-matter-syntax'>[] = [];
  const lines = text.split('\n');
  let readable = '';
  let at = 0;
  let isDefinitions = false;
  /** Of the definitions of a block. */
  let indentation: string | null = null;
  lines.forEach((written, i) => {
    const line = written.replace(/\r$/, '');
    const [, indent = '', key = '', rest] = LINE.exec(line) ?? [];
    if (key !== '' && indent === '') {
      isDefinitions = key === 'define' && rest === undefined;
      indentation = null;
    } else if (key !== '' && isDefinitions) indentation ??= indent;
    const isText = indent === '' ? isSettingKey(key) && kindOf(Settings.shape[key]) === 'text' : indent === indentation;
    const start = at + line.length - (rest?.length ?? 0);
    const issue = rest === undefined || !isText || isContinued(lines[i + 1], indent) ? null : issueOf(rest, start);
    if (issue) issues.push({ kind: 'front-matter-syntax', ...issue });
    readable += i > 0 ? '\n' : '';
    readable +=
      issue?.reason === 'unquoted'
        ? text.slice(at, issue.span.start) +
          'x'.repeat(issue.value.length) +
          text.slice(issue.span.end, at + written.length)
        : written;
    at += written.length + 1;
  });
  return { text: readable, issues };
}

/** Whether the next line belongs to the same value. */
function isContinued(next: string | undefined, indent: string): boolean {
  return next !== undefined && next.trim() !== '' && /^[ \t]*/.exec(next)![0].length > indent.length;
}

function issueOf(rest: string, start: number) {
  if (QUOTED.test(rest) || BLOCK_HEADER.test(rest)) return null;
  const value = rest.slice(0, COMMENT.exec(rest)?.index).trimEnd();
  const span: TextSpan = { start, end: start + value.length };
  const character = value.charAt(0);
  if (INDICATOR.test(value) || character === '"' || character === "'") {
    return { reason: 'unquoted', span, value, start: { character } } as const;
  }
  const cut = CUT.exec(value);
  if (!cut) return null;
  return {
    reason: 'cut-by-comment',
    value,
    text: span,
    span: { start: start + cut.index + 1, end: span.end },
  } as const;
}

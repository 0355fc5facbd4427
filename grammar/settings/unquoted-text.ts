import type { TextSpan } from '../problem.ts';
import { hiddenQuote } from './escapes.ts';
import { flowEnd, flowEntries } from './flow-entries.ts';
import { kindOf, takesMap } from './inspect.ts';
import type { SettingIssueOf, UnquotedCause } from './issues.ts';
import { isSettingKey, Settings, settingAt } from './schema.ts';

type Issue = SettingIssueOf<'front-matter-syntax'>;

/** A line with a key, which may be the first of a list's item. */
const LINE = /^([ \t]*(?:- +)?)([^\s:#"'{[][^:]{0,60}):(?:[ \t]+(\S.*))?$/;

/** What a list in brackets, or the item of a list in braces, begins behind. */
const FLOW = /^[ \t]*(?:- +|[^\s:#"'{[-][^:]{0,60}:[ \t]+(?=\[))(?=[[{])/;

/** YAML gives these a meaning at the start of a value: lists, maps, anchors, tags, block texts, reserved characters. */
const INDICATOR = /^(?:[[\]{},*&!%@`|>]|[-?](?=\s|$))/;
const BLOCK_HEADER = /^[|>][-+\d]{0,2}(?:[ \t]+#.*)?$/;
const QUOTED = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(?:[ \t]+#.*|[ \t]*)$/;
/** A folder of Windows: its last backslash hides the closing quote. */
const OPEN_FOLDER = /^"([^"]*\\)"[ \t]*(?:#.*)?$/;
/** A space after it shows that a comment is intended. */
const COMMENT = /[ \t]#(?=[ \t]|$)/;
const CUT = /[ \t]#(?=[^ \t])/;
/** Texts at positions, where a setting takes them instead of one text. */
const MAP = /^\{[^{}]*:/;

/**
 * The values of text settings and definitions that YAML reads as something else, because they are not in quotes:
 * prompts often start with brackets or quotes.
 *
 * @returns the issues, and the text with each unreadable value made a word of the same length, so that the lines around
 * it can be read
 */
export function findUnquotedText(text: string): { readonly text: string; readonly issues: readonly Issue[] } {
  const issues: Issue[] = [];
  const lines = text.split('\n');
  let at = 0;
  /** The setting that the indented lines below belong to, and their indentation. */
  let parent = '';
  let indentation: string | null = null;
  let braces = 0;
  lines.forEach((written, i) => {
    const line = written.replace(/\r$/, '');
    const start = at;
    at += written.length + 1;
    if (start < braces) return;
    const flow = FLOW.exec(line)?.[0].length;
    if (flow !== undefined) braces = flowEnd(text, start + flow) ?? braces;
    const [, indent = '', key = '', rest] = LINE.exec(line) ?? [];
    if (key === '') return;
    if (indent === '') {
      parent = rest === undefined ? key : '';
      indentation = null;
    } else indentation ??= indent;
    const from = start + line.length - (rest?.length ?? 0);
    if (rest?.startsWith('{')) {
      const found = flowEntries(text, from);
      for (const entry of found.entries) {
        const issue = isText([key, entry.key], entry.value) ? issueInBraces(entry) : null;
        if (issue) issues.push(issue);
      }
      braces = found.end;
    }
    const isOwn =
      indent === ''
        ? isText([key], rest)
        : isText([parent, key], rest) && (parent !== 'define' || indent === indentation);
    const issue = rest === undefined || !isOwn || isContinued(lines[i + 1], indent) ? null : issueOf(rest, from);
    if (issue) issues.push(issue);
  });
  return { text: readable(text, issues), issues };
}

/** Whether a setting, or a part of one, is text; every definition is. */
function isText([key, part]: readonly [key: string, part?: string], value = ''): boolean {
  if (!isSettingKey(key)) return false;
  if (key === 'define' && part !== undefined) return true;
  const type = part === undefined ? Settings.shape[key] : settingAt([key, part])?.type;
  if (!type || kindOf(type) !== 'text') return false;
  return !(takesMap(type) && MAP.test(value));
}

/** Issues are in the order of the text. */
function readable(text: string, issues: readonly Issue[]): string {
  let result = '';
  let at = 0;
  for (const { reason, span } of issues) {
    if (reason === 'cut-by-comment') continue;
    result += text.slice(at, span.start) + 'x'.repeat(span.end - span.start);
    at = span.end;
  }
  return result + text.slice(at);
}

/** Whether the next line belongs to the same value. */
function isContinued(next: string | undefined, indent: string): boolean {
  return next !== undefined && next.trim() !== '' && /^[ \t]*/.exec(next)![0].length > indent.length;
}

function issueOf(rest: string, start: number): Issue | null {
  if (QUOTED.test(rest) || BLOCK_HEADER.test(rest)) return null;
  const folder = OPEN_FOLDER.exec(rest)?.[1];
  if (folder !== undefined) {
    const span = { start, end: start + folder.length + 2 };
    return { kind: 'front-matter-syntax', reason: 'backslash', span, isReadable: false, ...hiddenQuote(folder) };
  }
  const value = rest.slice(0, COMMENT.exec(rest)?.index).trimEnd();
  const span: TextSpan = { start, end: start + value.length };
  const cause = causeAtStart(value) ?? causeOfColon(value);
  if (cause) return unquoted(span, value, cause);
  const cut = CUT.exec(value);
  if (!cut) return null;
  return {
    kind: 'front-matter-syntax',
    reason: 'cut-by-comment',
    value,
    text: span,
    span: { start: start + cut.index + 1, end: span.end },
  };
}

/** In a map in braces, more characters end a value. */
function issueInBraces({ value, span }: { readonly value: string; readonly span: TextSpan }): Issue | null {
  if (value === '' || QUOTED.test(value)) return null;
  const cause = causeAtStart(value) ?? causeOfColon(value);
  if (cause) return unquoted(span, value, cause);
  const character = /[,[\]{}]|[ \t]#/.exec(value)?.[0].trim();
  return character === undefined ? null : unquoted(span, value, { kind: 'in-braces', character });
}

function causeAtStart(value: string): UnquotedCause | null {
  const isIndicator = INDICATOR.test(value) || /^["']/.test(value);
  return isIndicator ? { kind: 'start', character: value.charAt(0) } : null;
}

const causeOfColon = (value: string): UnquotedCause | null => (/:(?:[ \t]|$)/.test(value) ? { kind: 'colon' } : null);

const unquoted = (span: TextSpan, value: string, cause: UnquotedCause): Issue => ({
  kind: 'front-matter-syntax',
  reason: 'unquoted',
  span,
  value,
  cause,
});

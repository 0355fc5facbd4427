import type { TextSpan } from '../../../grammar/problem.ts';
import { wildcardsIn } from '../../../grammar/wildcards/choices.ts';
import { openFlow } from './open-flow.ts';

/** What is being written at the cursor. `span` is what the chosen item replaces. */
export type Cursor =
  | { readonly kind: 'nothing' | 'position' | 'transition' | 'word'; readonly span: TextSpan }
  /** `path`: of the map that it is in; empty at the top level. */
  | { readonly kind: 'setting-key'; readonly path: readonly string[]; readonly span: TextSpan }
  | {
      readonly kind: 'setting-value';
      /** Of its setting. */
      readonly path: readonly string[];
      /** Whether it is one of several values at positions. */
      readonly isAtPosition: boolean;
      /** Whether it is in braces or brackets. */
      readonly inFlow: boolean;
      readonly span: TextSpan;
    }
  /** `closed`: whether its end is already written after the cursor. */
  | { readonly kind: 'lora' | 'wildcard'; readonly closed: boolean; readonly span: TextSpan }
  | { readonly kind: 'definition'; readonly braced: boolean; readonly closed: boolean; readonly span: TextSpan };

/** Determines what is being written at an offset, from the front matter and the line around it. */
export function cursorAt(text: string, offset: number): Cursor {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', offset);
  const before = text.slice(lineStart, offset);
  const after = text.slice(offset, newline < 0 ? text.length : newline);
  const back = (length: number, forward = 0): TextSpan => ({ start: offset - length, end: offset + forward });
  const matter = frontMatterSpan(text);
  if (/(?:^|\s)#/.test(before)) return { kind: 'nothing', span: back(0) };
  if (matter && offset >= matter.start && offset <= matter.end) {
    return inFrontMatter(text.slice(matter.start, lineStart), before, after, back);
  }
  return matter && offset < matter.start ? { kind: 'nothing', span: back(0) } : inBody(before, after, back);
}

/** The YAML between the fences, to the end of the text if it is not closed. Nothing is parsed. */
export function frontMatterSpan(text: string): TextSpan | null {
  const open = /^\uFEFF?---[ \t]*\r?\n/.exec(text);
  if (!open) return null;
  const close = /^---[ \t]*\r?$/m.exec(text.slice(open[0].length));
  return { start: open[0].length, end: close ? open[0].length + close.index : text.length };
}

type Back = (length: number, forward?: number) => TextSpan;

function inBody(line: string, after: string, back: Back): Cursor {
  // What a backslash escapes begins nothing, and is part of a word; `\__name__` as a whole.
  const before = line.replace(/\\__[\w./-]*?__(?![A-Za-z0-9*])|\\[\\$_]/g, (escaped) => '\\'.repeat(escaped.length));
  const lora = /<(?:lora|lyco):([^<>:]*)$/.exec(before);
  if (lora)
    return {
      kind: 'lora',
      closed: /^[^<>]*>/.test(after),
      span: back(lora[1]!.length, rest(after, /^[^<>:]*(?=[:>])/)),
    };
  const definition = /\$(\{?)([\p{L}_]?[\p{L}\p{N}_]*)$/u.exec(before);
  if (definition) {
    const behind = rest(after, /^[\p{L}\p{N}_]*/u);
    return {
      kind: 'definition',
      braced: definition[1] === '{',
      closed: after[behind] === '}',
      span: back(definition[2]!.length, behind),
    };
  }
  // Names of LoRAs have underscores, too.
  const open = before.slice(wildcardsIn(before).at(-1)?.end ?? 0).replace(/<\w+:[^<>]*>/g, ' ');
  const wildcard = /(?:^|[^_])__([A-Za-z0-9][\w./ -]*?)?$/.exec(open);
  // After an even number of `__`, the last wildcard is complete. The span starts at the `__`, because underscores
  // belong to the word that Helix, Zed and Emacs compare with the items.
  if (wildcard && (open.match(/__/g) ?? []).length % 2 === 1) {
    return {
      kind: 'wildcard',
      closed: /^[\w./ -]*?__/.test(after),
      span: back(2 + (wildcard[1]?.length ?? 0), rest(after, /^[\w./ -]*?(?=__)/)),
    };
  }
  const position = /^[ \t]*(-?\d*(?:\.\d*)?(?:%|ms?|s)?)$/.exec(before);
  if (position) return { kind: 'position', span: back(position[1]!.length, rest(after, /^[\d.%ms]*/)) };
  const transition = /^[ \t]*-?\d+(?:\.\d+)?(?:%|ms|s)?(?:-[-\d.%ms]+)?[ \t]+([a-z-]*)$/.exec(before);
  if (transition) return { kind: 'transition', span: back(transition[1]!.length, rest(after, /^[a-z-]*/)) };
  const word = /(?:^|[\s,([{|:])([^\s,()[\]{}|:<>$]*)$/.exec(before);
  return word ? { kind: 'word', span: back(word[1]!.length) } : { kind: 'nothing', span: back(0) };
}

/**
 * @param above the YAML before the cursor's line
 */
function inFrontMatter(above: string, before: string, after: string, back: Back): Cursor {
  const indent = /^[ \t]*/.exec(before)![0].length;
  const parents = parentsOf(above, indent);
  const line = KEYED_LINE.exec(before);
  if (line) {
    const steps = [...parents, line[1]!];
    return inValue(steps, line[2] ?? '', /^(?:[^# \t\r]|[ \t\r]+(?=[^# \t\r]))*/, after, back);
  }
  const item = /^[ \t]*-[ \t]+(.*)$/.exec(before)?.[1];
  if (item !== undefined && (/^[[{]/.test(item) || !item.includes(':'))) {
    return inValue(parents, item, /^[\w-]*/, after, back);
  }
  const key = /^[ \t]*([A-Za-z_]\w*)?$/.exec(before);
  if (!key) return { kind: 'nothing', span: back(0) };
  return { kind: 'setting-key', path: parents, span: back(key[1]?.length ?? 0, rest(after, /^\w*/)) };
}

/** A key, or a position in a map, and what follows. */
const KEYED_LINE = /^[ \t]*(?:-[ \t]+)*([A-Za-z_]\w*|-?\d[\d.%ms-]*)[ \t]*:(?:[ \t]+(.*)|$)$/;

/**
 * @param steps to the value: keys, and positions in maps of positions
 * @param value before the cursor
 * @param behind what belongs to the value after the cursor, if it is not in braces or brackets
 */
function inValue(steps: readonly string[], value: string, behind: RegExp, after: string, back: Back): Cursor {
  const flow = openFlow(value);
  const all = [...steps, ...(flow?.keys ?? [])];
  const path = all.filter((step) => /^[A-Za-z_]/.test(step));
  if (flow?.isKey) return { kind: 'setting-key', path, span: back(flow.written.length, rest(after, /^\w*/)) };
  return {
    kind: 'setting-value',
    path,
    isAtPosition: path.length < all.length,
    inFlow: flow !== null,
    span: flow ? back(flow.written.length, restInFlow(after)) : back(value.length, rest(after, behind)),
  };
}

/** The keys of the maps that a line with this indentation is in, from the outside in. */
function parentsOf(above: string, indent: number): string[] {
  const parents: string[] = [];
  let within = indent;
  for (const line of above.split('\n').reverse()) {
    if (within === 0) break;
    const key = /^([ \t]*)(?:-[ \t]+)*([A-Za-z_]\w*)[ \t]*:[ \t]*(?:#.*)?\r?$/.exec(line);
    if (!key || key[1]!.length >= within) continue;
    parents.unshift(key[2]!);
    within = key[1]!.length;
  }
  return parents;
}

/** What belongs to a plain value in braces or brackets after the cursor; nothing if something else than its end follows. */
function restInFlow(after: string): number {
  const [plain] = /^[^,[\]{}:#\r]*/.exec(after)!;
  return '[{:'.includes(after[plain.length] ?? ',') ? 0 : plain.trimEnd().length;
}

const rest = (after: string, pattern: RegExp) => pattern.exec(after)?.[0].length ?? 0;

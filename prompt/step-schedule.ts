import { parseDecimal } from './characters.ts';

/** The text that a prompt has until a sampling step. */
export interface ScheduledText {
  /** 1-based and inclusive. */
  readonly untilStep: number;
  readonly text: string;
}

export interface ScheduleSteps {
  /** Sampling steps, ≥ 1. */
  readonly steps: number;
  /**
   * Steps of A1111's second pass ("hires"), if the schedule is for that pass; its times continue those of the first.
   */
  readonly hiresSteps?: number | null;
  /** A1111's rule before 1.6: a number below 1 is a fraction of the steps, any other number is a step. */
  readonly oldScheduling?: boolean;
}

/** `[before:after:when]` or `[a|b|…]`. A segment is a range of tokens, `[start, end)`. */
type Group = { readonly close: number } & (
  | { readonly kind: 'edit'; readonly before: Segment | null; readonly after: Segment; readonly when: Time }
  | { readonly kind: 'alternate'; readonly options: readonly Segment[] }
);
/** A fraction of the steps, or a step. */
type Time = { readonly value: number; readonly fraction: boolean };
type Segment = readonly [start: number, end: number];

interface Parsed {
  readonly tokens: readonly string[];
  /** By the index of the opening bracket. */
  readonly groups: ReadonlyMap<number, Group>;
}

/**
 * The step schedule of a prompt with `[a:b:0.5]`, `[a:b:8]`, `[a::v]`, `[b:v]` or `[a|b]`: its text until each step at
 * which it may change, in ascending order up to the last step. A time with a decimal point is a fraction of the steps,
 * any other time is a step. Other brackets and unclosed ones are text. A `|` outside `[a|b]`, or a `\` at the end of a
 * line, makes the whole prompt text, as in A1111. Results differ from A1111's only for stray brackets and colons, where
 * its parser guesses: it reads `[a:b:2]::` as text.
 *
 * Source: A1111 1.10 `modules/prompt_parser.py`, `get_learned_conditioning_prompt_schedules`.
 */
export function scheduleSteps(prompt: string, { steps, hiresSteps, oldScheduling }: ScheduleSteps): ScheduledText[] {
  const hires = hiresSteps != null && !oldScheduling;
  const last = hires ? hiresSteps : steps;
  const parsed = parse(prompt);
  if (!parsed || parsed.groups.size === 0) return [{ untilStep: last, text: prompt }];

  const stepOf = ({ value, fraction }: Time): number => {
    if (oldScheduling) return Math.min(last, Math.trunc(value < 1 ? value * last : value));
    if (fraction) return Math.min(last, Math.trunc((value - (hires ? 1 : 0)) * last));
    return Math.min(last, Math.trunc(value - (hires ? steps : 0)));
  };
  const changes = new Set([last]);
  for (const group of parsed.groups.values()) {
    if (group.kind === 'alternate') for (let step = 1; step <= last; step++) changes.add(step);
    else if (stepOf(group.when) >= 1) changes.add(stepOf(group.when));
  }
  return [...changes].sort((a, b) => a - b).map((step) => ({ untilStep: step, text: textAt(parsed, step, stepOf) }));
}

/** Visits the tokens without recursion, so nesting can be arbitrarily deep. */
function textAt({ tokens, groups }: Parsed, step: number, stepOf: (when: Time) => number): string {
  const pieces: string[] = [];
  const pending: { end: number; resume: number }[] = [];
  let i = 0;
  while (true) {
    const inner = pending.at(-1);
    if (i === inner?.end) {
      i = inner.resume;
      pending.pop();
      continue;
    }
    if (i >= tokens.length) return pieces.join('');
    const group = groups.get(i);
    if (!group) {
      pieces.push(tokens[i]!);
      i++;
      continue;
    }
    const segment =
      group.kind === 'alternate'
        ? group.options[(step - 1) % group.options.length]!
        : step <= stepOf(group.when)
          ? group.before
          : group.after;
    if (segment) pending.push({ end: segment[1], resume: group.close + 1 });
    i = segment ? segment[0] : group.close + 1;
  }
}

/** An open bracket. */
interface Frame {
  readonly open: number;
  readonly bracket: '(' | '[';
  readonly colons: number[];
  readonly bars: number[];
  /** Contains brackets that are not a group, so it is not a group either. */
  broken: boolean;
}

const TOKEN = /[^\\[\]():|]+|\\[^\n]|[[\]():|]/gy;

/**
 * Finds the groups in one pass. Brackets are paired by balance alone. The kind of a pair depends on the colons and bars
 * directly inside it, and on whether all inner pairs are groups. @returns null when the whole prompt is text
 */
function parse(prompt: string): Parsed | null {
  const tokens = prompt.match(TOKEN) ?? [];
  if (tokens.reduce((length, token) => length + token.length, 0) < prompt.length) return null;

  const groups = new Map<number, Group>();
  let frames: Frame[] = [];
  const isText = (frame: Frame) => frame.bars.length === 0;
  for (const [i, token] of tokens.entries()) {
    if (token === '(' || token === '[') frames.push({ open: i, bracket: token, colons: [], bars: [], broken: false });
    else if (token === ':') frames.at(-1)?.colons.push(i);
    else if (token === '|') {
      const frame = frames.at(-1);
      if (!frame) return null;
      frame.bars.push(i);
    } else if (token === ')' || token === ']') {
      const frame = frames.at(-1);
      if (frame?.bracket !== (token === ')' ? '(' : '[')) {
        // None of the open brackets can be balanced anymore.
        if (!frames.every(isText)) return null;
        frames = [];
        continue;
      }
      frames.pop();
      const group = closeFrame(frame, i, tokens);
      if (group === 'emphasis') continue;
      if (group) {
        groups.set(frame.open, group);
        continue;
      }
      if (!isText(frame)) return null;
      const outer = frames.at(-1);
      if (outer) outer.broken = true;
    }
  }
  return frames.every(isText) ? { tokens, groups } : null;
}

function closeFrame(frame: Frame, close: number, tokens: readonly string[]): Group | 'emphasis' | null {
  const { open, bracket, colons, bars, broken } = frame;
  if (broken) return null;
  if (bracket === '(') return bars.length === 0 && colons.length <= 1 ? 'emphasis' : null;
  if (bars.length > 0) {
    if (colons.length > 0) return null;
    const edges = [open, ...bars, close];
    return { kind: 'alternate', options: edges.slice(1).map((edge, k) => [edges[k]! + 1, edge]), close };
  }
  if (colons.length === 0) return 'emphasis';
  const lastColon = colons.at(-1)!;
  if (colons.length > 2 || close !== lastColon + 2) return null;
  const value = parseDecimal(tokens[lastColon + 1]!);
  if (value === undefined) return null;
  const when = { value, fraction: tokens[lastColon + 1]!.includes('.') };
  const [first] = colons;
  return colons.length === 1
    ? { kind: 'edit', before: null, after: [open + 1, lastColon], when, close }
    : { kind: 'edit', before: [open + 1, first!], after: [first! + 1, lastColon], when, close };
}

import type { StepWindowsAnswer } from '../../protocol/timeline.ts';

export type StepWindow = NonNullable<StepWindowsAnswer>[number];

/** A run of neighbouring frames of a window; a window around the end of the clip has two. */
export interface WindowPart {
  readonly window: number;
  readonly row: number;
  readonly frames: readonly number[];
  /** All frames of the part follow each other. */
  readonly solid: boolean;
}

export interface WindowRows {
  readonly parts: readonly WindowPart[];
  readonly rows: number;
  /** Windows that have no row because there are too many. */
  readonly hidden: number;
}

const MOST_ROWS = 6;

/** Puts windows into rows so that none overlaps another one. */
export function packWindows(windows: readonly StepWindow[], frames: number): WindowRows {
  const taken: number[][][] = [];
  const parts: WindowPart[] = [];
  let hidden = 0;
  for (const [index, window] of windows.entries()) {
    const runs = runsOf(window, frames);
    const spans = runs.map((run) => [run[0]!, run.at(-1)!]);
    let row = taken.findIndex((others) => spans.every(([a, b]) => others.every(([c, d]) => b! < c! || a! > d!)));
    if (row === -1) row = taken.length;
    if (row >= MOST_ROWS) {
      hidden++;
      continue;
    }
    const others = taken[row] ?? [];
    taken[row] = [...others, ...spans];
    for (const run of runs) parts.push({ window: index, row, frames: run, solid: window.stride === 1 });
  }
  return { parts, rows: taken.length, hidden };
}

/** The frames of a window in rising order, split where it passes the end of the clip. */
function runsOf({ start, stride, length }: StepWindow, frames: number): number[][] {
  const all = Array.from({ length }, (_, i) => (start + i * stride) % frames);
  const wrap = all.findIndex((frame, i) => i > 0 && frame < all[i - 1]!);
  return wrap === -1 ? [all] : [all.slice(0, wrap), all.slice(wrap)];
}

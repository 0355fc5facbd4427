import type { TravelPlan } from '../plan/plan.ts';
import type { RenderProgress } from '../protocol/engine.ts';
import { progressText } from './render-text.ts';

/** The progress of a render in a terminal. */
export interface ProgressView {
  show(progress: RenderProgress): void;
  /** Leaves a clean line for what is printed next. */
  end(): void;
}

/** A terminal, a pipe or a file. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_CELLS = 24;

/**
 * A bar that redraws itself on a terminal; elsewhere (pipes, logs, `TERM=dumb`) a line for each step. Only a carriage
 * return moves the cursor, so `NO_COLOR` needs no special case.
 */
export function progressView(screen: Screen, name: string, plan: TravelPlan, term = process.env.TERM): ProgressView {
  return screen.isTTY === true && term !== 'dumb' ? bar(screen, name, plan) : lines(screen, name, plan);
}

function bar(screen: Screen, name: string, plan: TravelPlan): ProgressView {
  let drawn = 0;
  return {
    show(progress) {
      const line = `${name} ${cells(progress)} ${progressText(progress, plan)}`.slice(0, (screen.columns ?? 80) - 1);
      screen.write(`\r${line.padEnd(drawn)}`);
      drawn = line.length;
    },
    end() {
      if (drawn > 0) screen.write(`\r${' '.repeat(drawn)}\r`);
      drawn = 0;
    },
  };
}

function lines(screen: Screen, name: string, plan: TravelPlan): ProgressView {
  let last: Pick<RenderProgress, 'stage' | 'step'> | null = null;
  return {
    show(progress) {
      const { stage, step } = progress;
      const sameStage = stage === last?.stage;
      if (sameStage && (step === undefined || step === last?.step)) return;
      last = { stage, step };
      screen.write(`${name}: ${progressText(progress, plan)}\n`);
    },
    end() {
      last = null;
    },
  };
}

function cells({ done, total }: RenderProgress): string {
  const full = Math.round(BAR_CELLS * Math.min(done / total, 1));
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_CELLS - full)}]`;
}

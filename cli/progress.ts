import type { TravelPlan } from '../plan/plan.ts';
import { samplingSteps } from '../plan/steps.ts';
import type { RenderProgress, RenderStage } from '../protocol/engine.ts';

export interface ProgressView {
  show(progress: RenderProgress): void;
  /** Leaves a clean line for what is printed next. */
  end(): void;
}

interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const DOING: Readonly<Record<RenderStage, string>> = {
  load: 'loading models',
  encode: 'encoding prompts',
  sample: 'sampling',
  decode: 'decoding frames',
  write: 'writing files',
};

const BAR_CELLS = 24;

/**
 * How a render goes: a bar that redraws itself on a terminal, a line for each step elsewhere (pipes, logs, `TERM=dumb`).
 * Only a carriage return moves the cursor, so `NO_COLOR` is kept as it is.
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

/** `sampling, step 3/20, window 2/4, 1:05 left` */
export function progressText(progress: RenderProgress, plan: TravelPlan): string {
  const { stage, done, total, step, window, secondsLeft } = progress;
  const windows = step === undefined ? 0 : (plan.context.windows[step - 1]?.length ?? 0);
  // Before the first unit is done, a stage may not know yet how many there are.
  const count = done === 0 ? '' : `${done}/${total}`;
  const parts = [
    DOING[stage],
    step === undefined ? count : `step ${step}/${samplingSteps(plan.sampling)}`,
    window === undefined || windows < 2 ? '' : `window ${window}/${windows}`,
    secondsLeft === undefined ? '' : `${clock(secondsLeft)} left`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Seconds as `0:07`, `12:30` or `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

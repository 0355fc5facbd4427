import type { RenderProgress, RenderResult } from '../protocol/engine.ts';
import { printableLine } from '../rendering/printable.ts';
import { type ProgressView, progressView } from '../rendering/progress-view.ts';
import { clipOf, resultText } from '../rendering/render-text.ts';
import { factLines } from './dry-run.ts';
import type { ReadyFile } from './planned.ts';
import { fromHere, print, printError, printJsonLine } from './print.ts';
import { type PlacedProblem, problemLine } from './problems.ts';
import type { RenderFacts, RenderLine } from './render-lines.ts';

/** Receives what happens while files are rendered. */
export interface RenderReport {
  problem(problem: PlacedProblem): void;
  /** What would be rendered. */
  facts(facts: RenderFacts): void;
  file(file: ReadyFile): FileReport;
  /** Everything is rendered, and these files are watched. @param paths absolute */
  watching(paths: readonly string[]): void;
}

/** Receives what happens while one file is rendered. */
export interface FileReport {
  progress(progress: RenderProgress): void;
  warning(line: string): void;
  ended(result: RenderResult, canResume: boolean): void;
}

/** For people: output paths go to standard output, one a line, and everything else to standard error. */
export const TEXT_REPORT: RenderReport = {
  problem: (problem) => printError(problemLine(problem)),
  facts: (facts) => print(factLines(facts).join('\n')),
  file({ name, shown, plan }) {
    const view: ProgressView = progressView(process.stderr, printableLine(name), plan);
    return {
      progress: (progress) => view.show(progress),
      warning(line) {
        view.end();
        printError(`${shown}: warning: ${printableLine(line)}`);
      },
      ended(result, canResume) {
        view.end();
        printError(`${shown}: ${resultText(clipOf(plan), result)}`);
        for (const file of result.ok ? result.files : []) print(printableLine(fromHere(file)));
        const lost = !result.ok && result.kind === 'device-lost';
        const resume = lost ? '--resume --device cpu to continue on the CPU' : '--resume to continue';
        if (canResume) printError(`The progress was saved. Run the same command with ${resume}.`);
      },
    };
  },
  watching(paths) {
    const others = paths.length - 1;
    const more = others === 0 ? '' : ` and ${others} other ${others === 1 ? 'file' : 'files'}`;
    printError(`Watching ${printableLine(fromHere(paths[0] ?? ''))}${more}. Ctrl+C ends.`);
  },
};

/** Milliseconds between two lines of progress in one step of one stage. */
const PROGRESS_MS = 500;

/**
 * For programs: each event is a line of JSON.
 *
 * @param write receives a line as a value
 * @param now milliseconds of a clock
 */
export function jsonReport(
  write: (line: RenderLine) => void = printJsonLine,
  now: () => number = () => performance.now(),
): RenderReport {
  return {
    problem: (problem) => write({ event: 'problem', ...problem }),
    facts: (facts) => write({ event: 'plan', ...facts }),
    file({ shown: file, plan }) {
      let stage: RenderProgress['stage'] | null = null;
      let step = 0;
      let at = 0;
      return {
        progress(progress) {
          // A window that is done has no step.
          const isNew = progress.stage !== stage || (progress.step ?? step) !== step;
          if (!isNew && now() - at < PROGRESS_MS) return;
          stage = progress.stage;
          step = progress.step ?? step;
          at = now();
          write({ event: 'progress', file, ...progress });
        },
        warning: (message) => write({ event: 'warning', file, message }),
        ended(result, canResume) {
          if (result.ok) {
            const { files, timings, device } = result;
            write({ event: 'done', file, files, seed: plan.sampling.seed, seconds: timings.total, device });
          } else write({ event: 'failed', file, kind: result.kind, message: result.message, canResume });
        },
      };
    },
    watching: (files) => write({ event: 'watching', files: [...files] }),
  };
}

import { describe, expect, it } from 'vitest';
import type { ReadyFile } from '../../cli/planned.ts';
import { RenderLine } from '../../cli/render-lines.ts';
import { jsonReport } from '../../cli/render-report.ts';
import type { RenderProgress, RenderSuccess } from '../../protocol/engine.ts';
import { planOf } from '../rendering/plans.ts';

const FILE: ReadyFile = {
  shown: 'a b.travel',
  name: 'a b',
  plan: planOf(),
  problems: [],
  isRandom: false,
  demand: null,
};

const SUCCESS: RenderSuccess = {
  ok: true,
  files: ['/out/a.webp'],
  timings: { total: 1.5, load: 0, encode: 0, sample: 1, decode: 0, write: 0, runtime: 1 },
  device: 'CPU',
};

/** The lines of a report whose clock is `at.now`. */
function recorded() {
  const lines: RenderLine[] = [];
  const at = { now: 0 };
  const report = jsonReport(
    (line) => lines.push(RenderLine.parse(JSON.parse(JSON.stringify(line)))),
    () => at.now,
  );
  return { lines, at, report, file: report.file(FILE) };
}

const sampling = (done: number, step?: number): RenderProgress => ({
  stage: 'sample',
  done,
  total: 100,
  ...(step !== undefined && { step, window: 1 }),
});

describe('the lines of travel render --json', () => {
  it('have each new stage and step, and other progress twice a second', () => {
    const { lines, at, file } = recorded();
    const shown = (progress: RenderProgress, now: number) => {
      const before = lines.length;
      at.now = now;
      file.progress(progress);
      return lines.length > before;
    };
    expect(shown({ stage: 'load', done: 0, total: 1 }, 0)).toBe(true);
    expect(shown(sampling(0, 1), 1)).toBe(true);
    expect(shown(sampling(1), 2)).toBe(false);
    expect(shown(sampling(1, 1), 3)).toBe(false);
    expect(shown(sampling(1, 2), 4)).toBe(true);
    expect(shown(sampling(2, 2), 503)).toBe(false);
    expect(shown(sampling(2, 2), 504)).toBe(true);
    expect(shown({ stage: 'decode', done: 0, total: 4 }, 505)).toBe(true);
    expect(lines.at(-1)).toEqual({ event: 'progress', file: 'a b.travel', stage: 'decode', done: 0, total: 4 });
  });

  it('end with what was written, or why nothing was', () => {
    const { lines, file, report } = recorded();
    file.warning('Slow.');
    file.ended(SUCCESS, false);
    file.ended({ ok: false, kind: 'disk-full', message: 'Full.' }, true);
    report.watching(['/a b.travel']);
    expect(lines).toEqual([
      { event: 'warning', file: 'a b.travel', message: 'Slow.' },
      {
        event: 'done',
        file: 'a b.travel',
        files: ['/out/a.webp'],
        seed: FILE.plan.sampling.seed,
        seconds: 1.5,
        device: 'CPU',
      },
      { event: 'failed', file: 'a b.travel', kind: 'disk-full', message: 'Full.', canResume: true },
      { event: 'watching', files: ['/a b.travel'] },
    ]);
  });
});

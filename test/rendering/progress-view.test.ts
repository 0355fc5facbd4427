import { describe, expect, it } from 'vitest';
import { clock } from '../../plan/units.ts';
import { progressView } from '../../rendering/progress-view.ts';
import { progressText } from '../../rendering/render-text.ts';
import { planOf } from './plans.ts';

function screen(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) };
}

describe('progress', () => {
  it('shows step, window and remaining time while sampling', () => {
    const sampling = { stage: 'sample', done: 3, total: 6, step: 2, window: 1, secondsLeft: 65 } as const;
    expect(progressText(sampling, planOf({ steps: 3, windows: 2 }))).toBe('sampling, step 2/3, window 1/2, 1:05 left');
  });

  it('does not show windows if a step has only one', () => {
    const sampling = { stage: 'sample', done: 1, total: 3, step: 2, window: 1 } as const;
    expect(progressText(sampling, planOf())).toBe('sampling, step 2/3');
  });

  it('counts the steps of all iterations, with the windows of each', () => {
    const plan = planOf({ steps: 3, windows: 2 });
    const freeInit = { filter: 'butterworth', d_s: 0.25, d_t: 0.25, iterations: 4 } as const;
    const sampling = { stage: 'sample', done: 7, total: 24, step: 5, window: 1 } as const;
    expect(progressText(sampling, { ...plan, sampling: { ...plan.sampling, freeInit } })).toBe(
      'sampling, step 5/12, window 1/2',
    );
  });

  it('counts the units of the other stages', () => {
    expect(progressText({ stage: 'decode', done: 5, total: 32 }, planOf())).toBe('decoding frames, 5/32');
    expect(progressText({ stage: 'load', done: 0, total: 1 }, planOf())).toBe('loading models');
  });

  it.each([
    [0, '0:00'],
    [7.4, '0:07'],
    [59.6, '1:00'],
    [3599.7, '1:00:00'],
    [3723, '1:02:03'],
  ])('writes %d seconds as %s', (seconds, written) => {
    expect(clock(seconds)).toBe(written);
  });

  it('prints whole lines without control characters if it is not a terminal', () => {
    const pipe = screen(false);
    const view = progressView(pipe, 'fox', planOf({ windows: 2 }), 'xterm');
    view.show({ stage: 'load', done: 0, total: 1 });
    view.show({ stage: 'sample', done: 1, total: 6, step: 1, window: 1 });
    view.show({ stage: 'sample', done: 2, total: 6, step: 1, window: 2 });
    view.show({ stage: 'sample', done: 2, total: 6 });
    view.show({ stage: 'sample', done: 3, total: 6, step: 2, window: 1 });
    view.end();
    // A line for each step, not for each window.
    expect(pipe.written).toHaveLength(3);
    for (const line of pipe.written) expect(line).toMatch(/^fox: [^\r\u001b]+\n$/);
  });

  it('is lines on a terminal that cannot move its cursor', () => {
    const dumb = screen(true);
    progressView(dumb, 'fox', planOf(), 'dumb').show({ stage: 'load', done: 0, total: 1 });
    expect(dumb.written.join('')).not.toContain('\r');
  });

  it('is one line that redraws itself on a terminal, never wider than it, and leaves nothing behind', () => {
    const terminal = screen(true, 40);
    const view = progressView(terminal, 'fox', planOf({ windows: 2 }), 'xterm');
    view.show({ stage: 'sample', done: 1, total: 6, step: 1, window: 1, secondsLeft: 3723 });
    view.show({ stage: 'load', done: 0, total: 1 });
    view.end();
    for (const text of terminal.written) {
      expect(text).not.toMatch(/[\n\u001b]/);
      expect(text.startsWith('\r')).toBe(true);
      expect(text.replaceAll('\r', '').length).toBeLessThan(40);
    }
    // What is left on the line: everything is overwritten by spaces.
    expect(terminal.written.at(-1)).toMatch(/^\r +\r$/);
    expect(terminal.written.at(-1)!.length - 2).toBe(terminal.written[0]!.length - 1);
  });

  it('fills its bar with what is done', () => {
    const terminal = screen(true);
    const view = progressView(terminal, 'fox', planOf(), 'xterm');
    view.show({ stage: 'decode', done: 0, total: 4 });
    view.show({ stage: 'decode', done: 2, total: 4 });
    view.show({ stage: 'decode', done: 4, total: 4 });
    const filled = terminal.written.map((text) => [...text].filter((letter) => letter === '#').length);
    expect(filled).toEqual([0, 12, 24]);
  });
});

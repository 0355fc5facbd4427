import { describe, expect, it } from 'vitest';
import { GraphBuilder, type GraphModel } from '../../../engine/graph/builder.ts';
import { GraphRunner } from '../../../engine/models/graph-runner.ts';
import { cpu } from '../../../engine/onnx/session.ts';

const KEPT = 2;

/** y = x + 1, of one value. */
function increment(): GraphModel {
  const graph = new GraphBuilder();
  graph.output('y', graph.op('Add', [graph.input('x', [1]), graph.constant([1], [1])], [1]));
  return graph.toModel();
}

const feed = (value: number) => ({ x: { data: Float32Array.of(value), dims: [1] } });

describe('GraphRunner', () => {
  it.each([
    ['one call at a time', cpu(4), 1, true],
    ['calls that are not small', cpu(4), 4, false],
  ])('builds one session for %s, however many are made at once', async (_, runtime, atOnce, small) => {
    const runner = new GraphRunner(runtime, KEPT, atOnce);
    let built = 0;
    const build = () => {
      built++;
      return increment();
    };
    const calls = [1, 2, 3].map((value) => runner.run('increment', build, feed(value), small));
    expect((await Promise.all(calls)).map(([value]) => value)).toEqual([2, 3, 4]);
    expect(built).toBe(1);
    const last = runner.run('increment', build, feed(7), small);
    await runner.release();
    expect((await last)[0]).toBe(8);
  });

  it('goes on after a call that fails', async () => {
    const runner = new GraphRunner(cpu(2), KEPT, 1);
    const failing = runner.run('broken', () => ({ bytes: Uint8Array.of(1, 2, 3), weightsRoot: '/' }), feed(1), true);
    const next = runner.run('increment', increment, feed(1), true);
    await expect(failing).rejects.toThrow();
    expect((await next)[0]).toBe(2);
    await runner.release();
  });

  it('makes more calls at the same time when it is allowed, with the same results', async () => {
    const runner = new GraphRunner(cpu(4), KEPT, 1);
    const run = () => Promise.all([1, 2, 3].map((value) => runner.run('increment', increment, feed(value), true)));
    const before = await run();
    await runner.allow(3);
    expect(await run()).toEqual(before);
    await runner.allow(2);
    expect(await run()).toEqual(before);
    await runner.release();
  });
});

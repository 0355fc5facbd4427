import { describe, expect, it } from 'vitest';
import { GraphBuilder, type GraphModel } from '../../../engine/graph/builder.ts';
import { Lanes } from '../../../engine/onnx/lanes.ts';
import { cpu } from '../../../engine/onnx/session.ts';

/** y = x + `constant`, of one value. */
function adding(constant: number): GraphModel {
  const graph = new GraphBuilder();
  graph.output('y', graph.op('Add', [graph.input('x', [1]), graph.constant([constant], [1])], [1]));
  return graph.toModel();
}

const feed = (value: number) => ({ x: { data: Float32Array.of(value), dims: [1] } });

describe('Lanes', () => {
  it('runs graphs at the same time, builds each once a lane, and goes on after a release', async () => {
    const lanes = new Lanes(2, cpu(5), 1);
    const built: number[] = [];
    const run = async (constant: number, value: number) => {
      const build = ({ threads }: { threads: number }) => {
        built.push(constant);
        expect(threads).toBe(2);
        return adding(constant);
      };
      return (await lanes.run({ constant }, build, feed(value)))[0];
    };
    expect(await Promise.all([run(1, 1), run(1, 2), run(1, 3), run(1, 4), run(1, 5)])).toEqual([2, 3, 4, 5, 6]);
    expect(built).toEqual([1, 1]);
    expect(await run(2, 1)).toBe(3);
    expect(built).toEqual([1, 1, 2]);
    const last = run(2, 7);
    await lanes.release();
    expect(await last).toBe(9);
    expect(await run(2, 8)).toBe(10);
    await lanes.release();
  });

  it('reports errors of ONNX Runtime to their caller, and goes on', async () => {
    const lanes = new Lanes(1, cpu(1), 1);
    const broken = { bytes: Uint8Array.of(1, 2, 3), weightsRoot: '/' };
    const failure = lanes.run('broken', () => broken, feed(1));
    const next = lanes.run('good', () => adding(1), feed(1));
    await expect(failure).rejects.toThrow(/protobuf|model/i);
    expect(await next).toEqual(Float32Array.of(2));
    await expect(lanes.run('broken', () => broken, feed(1))).rejects.toThrow();
    await lanes.release();
  });
});

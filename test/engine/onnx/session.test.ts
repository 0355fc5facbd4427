import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GraphBuilder, type GraphModel } from '../../../engine/graph/builder.ts';
import { cpu, Session } from '../../../engine/onnx/session.ts';
import { SessionCache } from '../../../engine/onnx/session-cache.ts';
import type { TensorEntry } from '../../../weights/tensor.ts';
import { temporaryFolder } from '../../weights/files.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** y = x + `constant`, of one value. */
function adding(constant: number): GraphModel {
  const graph = new GraphBuilder();
  graph.output('y', graph.op('Add', [graph.input('x', [1]), graph.constant([constant], [1])], [1]));
  return graph.toModel();
}

const one = { x: { data: Float32Array.of(1), dims: [1] } };

describe('Session', () => {
  it('runs a graph', async () => {
    const session = await Session.create(adding(2), cpu());
    expect([...(await session.run(one))]).toEqual([3]);
    expect([...(await session.run(one))]).toEqual([3]);
    await session.release();
  });

  it('accepts token ids', async () => {
    const graph = new GraphBuilder();
    const table = graph.constant([10, 20, 30], [3, 1]);
    graph.output('y', graph.op('Gather', [table, graph.indexInput('ids', [2])], [2, 1]));
    const session = await Session.create(graph.toModel(), cpu());
    expect([...(await session.run({ ids: { data: BigInt64Array.of(2n, 0n), dims: [2] } }))]).toEqual([30, 10]);
    await session.release();
  });

  it('reports which weights are missing', async () => {
    const file = join(temporaryFolder(), 'gone.safetensors');
    const entry: TensorEntry = { name: 'w', dtype: 'F32', shape: [1], file, offset: 0, length: 4 };
    const graph = new GraphBuilder();
    graph.output('y', graph.op('Add', [graph.input('x', [1]), graph.weight(entry)], [1]));
    await expect(Session.create(graph.toModel(), cpu())).rejects.toThrow(/gone\.safetensors/);
  });

  it('rejects bytes that are not a graph, and feeds of another shape', async () => {
    const broken: GraphModel = { bytes: Uint8Array.of(1, 2, 3), weightsRoot: '/' };
    await expect(Session.create(broken, cpu())).rejects.toThrow();
    const session = await Session.create(adding(2), cpu());
    await expect(session.run({ x: { data: new Float32Array(2), dims: [2] } })).rejects.toThrow(/Expected: 1/);
    await session.release();
  });

  it('writes no telemetry to the home folder, even without the environment variable', () => {
    const home = temporaryFolder();
    const script = `
      const { Session, cpu } = await import('./engine/onnx/session.ts');
      const { GraphBuilder } = await import('./engine/graph/builder.ts');
      const graph = new GraphBuilder();
      graph.output('y', graph.input('x', [1]));
      const session = await Session.create(graph.toModel(), cpu());
      console.log(await session.run({ x: { data: Float32Array.of(7), dims: [1] } }));`;
    const { ORT_DISABLE_TELEMETRY: _, ...inherited } = process.env;
    const env = { ...inherited, HOME: home, XDG_CACHE_HOME: '', XDG_DATA_HOME: '', XDG_STATE_HOME: '' };
    const output = execFileSync(join(ROOT, 'node_modules/.bin/node'), ['--input-type=module', '-e', script], {
      cwd: ROOT,
      env,
      encoding: 'utf8',
    });
    expect(output).toContain('7');
    expect(readdirSync(home, { recursive: true })).toEqual([]);
  });
});

describe('SessionCache', () => {
  it('builds a graph once, and again when it was the longest unused of too many', async () => {
    const cache = new SessionCache(cpu(), 2);
    const built: number[] = [];
    const run = async (constant: number) => {
      const session = await cache.get({ constant }, () => {
        built.push(constant);
        return adding(constant);
      });
      return [...(await session.run(one))];
    };
    expect(await run(1)).toEqual([2]);
    expect(await run(2)).toEqual([3]);
    expect(await run(1)).toEqual([2]);
    expect(built).toEqual([1, 2]);
    expect(await run(3)).toEqual([4]);
    expect(await run(1)).toEqual([2]);
    expect(built).toEqual([1, 2, 3]);
    expect(await run(2)).toEqual([3]);
    expect(built).toEqual([1, 2, 3, 2]);
    await cache.release();
    expect(await run(2)).toEqual([3]);
    expect(built).toEqual([1, 2, 3, 2, 2]);
    await cache.release();
  });

  it('keeps nothing of a graph that ONNX Runtime rejects', async () => {
    const cache = new SessionCache(cpu(), 1);
    await expect(cache.get('a', () => ({ bytes: Uint8Array.of(9), weightsRoot: '/' }))).rejects.toThrow();
    const session = await cache.get('a', () => adding(5));
    expect([...(await session.run(one))]).toEqual([6]);
    await cache.release();
  });
});

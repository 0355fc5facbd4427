/**
 * `npm run bench -- operators`: where a call of the UNet spends its time, by kind of operator: ONNX Runtime's profile of
 * graphs, floating-point operations by formula, and the speed of a large product.
 *
 * On one thread, and in seconds of the processor: other programs delay all operators alike, so the profile has the shares,
 * and the processor's time the sum.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { GraphBuilder } from '../engine/graph/builder.ts';
import { UNet } from '../engine/models/unet/unet.ts';
import { cpu, Session } from '../engine/onnx/session.ts';
import { openWeights } from '../weights/open.ts';
import { kindOf, type Operator, readOperator } from './operator-kinds.ts';
import { randomModels } from './random-models.ts';
import { POCKET } from './speed.ts';
import { type UnetCall, unetInput } from './unet-call.ts';

interface Profiled extends UnetCall {
  /** Prompts in one call. */
  readonly prompts: number;
}

export async function benchOperators(): Promise<void> {
  const full = { ...(await randomModels()), context: 768, prompts: 2 };
  const workloads: Readonly<Record<string, Profiled>> = {
    // As in a render: small models compute each prompt by itself.
    'pocket, 16 frames of 128²': { ...POCKET, side: 128, frames: 16, prompts: 1 },
    'full size, image of 512²': { ...full, motionModule: null, side: 512, frames: 1 },
    'full size, 16 frames of 256²': { ...full, side: 256, frames: 16 },
  };
  for (const [name, workload] of Object.entries(workloads)) {
    console.log(`operators, ${name}:`);
    // In a process of its own, whose memory is free afterwards.
    execFileSync(process.execPath, [import.meta.filename, JSON.stringify(workload)], { stdio: 'inherit' });
  }
}

async function profile(workload: Profiled): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'travel-profile-'));
  try {
    const end = profileSessions(join(folder, 'run'));
    const processor = await predict(workload);
    end();
    const [file] = await readdir(folder);
    print(operatorsIn(await readFile(join(folder, file!), 'utf8')), processor, await possible());
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Every session that is created from now on writes a profile when the returned function is called. */
function profileSessions(profileFilePrefix: string): () => void {
  const sessions: InferenceSession[] = [];
  const create = InferenceSession.create.bind(InferenceSession) as (
    model: Uint8Array,
    options: InferenceSession.SessionOptions,
  ) => Promise<InferenceSession>;
  const profiled = async (model: Uint8Array, options: InferenceSession.SessionOptions) => {
    const session = await create(model, { ...options, enableProfiling: true, profileFilePrefix });
    sessions.push(session);
    return session;
  };
  Object.assign(InferenceSession, { create: profiled });
  return () => {
    Object.assign(InferenceSession, { create });
    for (const session of sessions) session.endProfiling();
  };
}

/** At least so many seconds of the processor are measured. */
const MEASURED = 5;

/** @returns seconds of the processor for a call, besides a first one that reads the files: the least of several */
async function predict({ prompts, ...workload }: Profiled): Promise<number> {
  const { checkpoint, motionModule } = workload;
  const unet = new UNet(await openWeights(checkpoint), {
    motionModule: motionModule === null ? null : await openWeights(motionModule),
    runtime: cpu(1),
  });
  const input = unetInput(workload, prompts);
  const call = () => unet.predict(input);
  await call();
  const calls: number[] = [];
  while (calls.length === 0 || calls.length * calls[0]! < MEASURED) calls.push(await processorSeconds(call));
  return Math.min(...calls);
}

async function processorSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/**
 * The operators of a call, each with its least time: other programs interrupt some of them. On a busy computer, that favors
 * operators of less than a few milliseconds.
 */
function operatorsIn(trace: string): Operator[] {
  const byName = new Map<string, Operator[]>();
  for (const event of JSON.parse(trace) as readonly unknown[]) {
    const operator = readOperator(event);
    if (operator) byName.set(operator.name, [...(byName.get(operator.name) ?? []), operator]);
  }
  return [...byName.values()].map(([, ...counted]) =>
    counted.reduce((best, each) => (each.seconds < best.seconds ? each : best)),
  );
}

/** GFLOP/s of a large product that stays in the cache, the fastest of several. */
async function possible(): Promise<number> {
  const [rows, width] = [1024, 1280];
  const graph = new GraphBuilder();
  const [a, b] = [graph.input('a', [rows, width]), graph.input('b', [width, width])];
  graph.output('c', graph.op('Gemm', [a, b], [rows, width], { attributes: { transB: 1 } }));
  const session = await Session.create(graph.toModel(), cpu(1));
  const matrix = (height: number) => ({ data: new Float32Array(height * width).fill(0.5), dims: [height, width] });
  const feeds = { a: matrix(rows), b: matrix(width) };
  let seconds = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 10; run++) seconds = Math.min(seconds, await processorSeconds(() => session.run(feeds)));
  await session.release();
  return (2 * rows * width ** 2) / seconds / 1e9;
}

function print(operators: readonly Operator[], processor: number, possibleSpeed: number): void {
  const rows = new Map<string, { seconds: number; work: number }>();
  for (const operator of operators) {
    const { kind, work } = kindOf(operator);
    const row = rows.get(kind) ?? { seconds: 0, work: 0 };
    rows.set(kind, { seconds: row.seconds + operator.seconds, work: row.work + work });
  }
  const total = operators.reduce((sum, { seconds }) => sum + seconds, 0);
  console.log('| operators | share | TFLOP | GFLOP/s |\n| --- | --- | --- | --- |');
  for (const [kind, { seconds, work }] of [...rows].sort(([, a], [, b]) => b.seconds - a.seconds)) {
    const share = seconds / total;
    const [tera, speed] =
      work === 0 ? ['', ''] : [(work / 1e12).toFixed(4), (work / share / processor / 1e9).toFixed(0)];
    console.log(`| ${kind} | ${(100 * share).toFixed(1)} % | ${tera} | ${speed} |`);
  }
  console.log(
    `${processor.toFixed(2)} s of the processor; a large product reaches ${possibleSpeed.toFixed(0)} GFLOP/s.`,
  );
}

if (process.argv[1] === import.meta.filename) await profile(JSON.parse(process.argv[2]!) as Profiled);

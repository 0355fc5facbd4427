import {
  existsSync,
  type FSWatcher,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Mt19937 } from '../../engine/random/mt19937.ts';
import { type Running, start } from '../cli/program/travel.ts';

/** A render of a few seconds. Sixteen images make the time in which its folder is incomplete long enough to hit. */
const TINY = `---
frames: 16
steps: 1
sampler: Euler
seed: 7
width: 64
height: 64
save: [gif, png, txt]
output: out/clip
---
fox ears, red hair
`;

const ROUNDS = 20;
/** Printed with a failure; set TRAVEL_SEED to repeat it. */
const SEED = Number(process.env.TRAVEL_SEED ?? Date.now() % 2 ** 32);
const words = new Mt19937(SEED);
/** A random integer below a bound. */
const below = (bound: number) => Math.floor((words.word() / 2 ** 32) * bound);

/** What a render prints while it runs, in order. */
const MOMENTS = ['loading models', 'encoding prompts', 'sampling, step 1/1', 'decoding frames', 'writing files'];

/** The contents of a file, or of each file in a folder by name. */
function contents(path: string): unknown {
  if (!statSync(path).isDirectory()) return readFileSync(path).toString('base64');
  return Object.fromEntries(readdirSync(path).map((name) => [name, contents(join(path, name))]));
}

/** Final names: `out/clip.gif`, `out/clip` for the images, `out/clip.txt`. */
const finalOutputs = () => ['clip.gif', 'clip', 'clip.txt'].map((name) => join(cwd, 'out', name));

/** Process ids of the children of a process; Linux only. */
function children(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/** Kill a process, or a whole group by a negative id, unless it has ended. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** One folder for all renders: files hold their plan, and the plan holds absolute paths. */
let cwd: string;
/** The outputs of a render that nothing stops. */
let complete: readonly unknown[];
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'travel-long-'));
  writeFileSync(join(cwd, 'a.travel'), TINY);
  const { code, stderr } = await start(['render', 'a.travel'], { cwd }).ended;
  expect(code, stderr).toBe(0);
  complete = finalOutputs().map(contents);
}, 60_000);
beforeEach(() => rmSync(join(cwd, 'out'), { recursive: true, force: true }));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** A random moment of a render: some time after a line of its progress, or a change in its output folder. */
type Moment = { readonly after: string; readonly delay: number } | { readonly change: number };

const randomMoment = (): Moment =>
  below(2) === 0 ? { change: 1 + below(10) } : { after: MOMENTS[below(MOMENTS.length)]!, delay: below(60) };

/** Start a render and stop it at a random moment; it may have finished by then. */
async function interrupted(stop: (running: Running) => void) {
  const running = start(['render', 'a.travel'], { cwd, group: true });
  const moment = randomMoment();
  const stopIfRunning = () => {
    if (running.child.exitCode === null) stop(running);
  };
  let watcher: FSWatcher | undefined;
  if ('change' in moment) {
    // Before it loads models, a render has tried to write and so made the folder.
    await running.says('loading models');
    let changes = 0;
    watcher = watch(join(cwd, 'out'), () => {
      if (++changes === moment.change) stopIfRunning();
    });
  } else {
    await running.says(moment.after);
    setTimeout(stopIfRunning, moment.delay);
  }
  const ended = await running.ended;
  watcher?.close();
  return { ended, about: `seed ${SEED}: stopped at ${JSON.stringify(moment)}\n${ended.stderr}` };
}

function expectNothingPartial(about: string): void {
  for (const [i, path] of finalOutputs().entries()) {
    if (existsSync(path)) expect(contents(path), `${about}\n${path}`).toEqual(complete[i]);
  }
}

const partialFiles = () =>
  readdirSync(cwd, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.partial'));

// The engine's process is found in /proc.
describe.runIf(process.platform === 'linux')('a render stopped at a random moment', () => {
  const rounds = Array.from({ length: ROUNDS }, (_, i) => i + 1);

  it.each(rounds)('leaves no partial output when the engine is killed (round %i)', async () => {
    const { ended, about } = await interrupted(({ child }) => {
      for (const engine of children(child.pid!)) kill(engine);
    });
    expect([0, 3], about).toContain(ended.code);
    expectNothingPartial(about);
    expect(partialFiles(), about).toEqual([]);
  });

  it.each(rounds)('leaves no partial output when all processes are killed (round %i)', async () => {
    const { about } = await interrupted(({ child }) => kill(-child.pid!));
    expectNothingPartial(about);
  });

  it.each(rounds)('leaves only complete files when cancelled (round %i)', async () => {
    const { ended, about } = await interrupted(({ child }) => child.kill('SIGINT'));
    // A signal that arrives after the last file, when the program no longer handles it, ends it: code null.
    expect([0, 130, null], about).toContain(ended.code);
    expectNothingPartial(about);
    expect(partialFiles(), about).toEqual([]);
  });
});

/** Several steps, of which each is saved, then frames. */
const STEPS = TINY.replace('steps: 1', 'steps: 12').replace('[gif, png, txt]', '[png]');

// The engine's process is found in /proc.
describe.runIf(process.platform === 'linux')('a render that is killed at random moments and resumed', () => {
  const rounds = Array.from({ length: 40 }, (_, i) => i + 1);
  const pixels = (folder: string) =>
    readdirSync(folder).map((name) => {
      const bytes = readFileSync(join(folder, name));
      return bytes.subarray(bytes.indexOf('IDAT')).toString('base64');
    });
  let whole: string[];
  let reports: number;
  beforeAll(async () => {
    writeFileSync(join(cwd, 'steps.travel'), STEPS);
    const { code, stderr } = await start(['render', 'steps.travel', '--out', 'whole'], { cwd }).ended;
    expect(code, stderr).toBe(0);
    whole = pixels(join(cwd, 'whole'));
    reports = stderr.split('\n').length;
  }, 60_000);

  it.each(rounds)('has the same pixels as one that nothing stopped (round %i)', async () => {
    const resume = (out: string) => start(['render', 'steps.travel', '--out', out, '--resume'], { cwd, group: true });
    // Twice, so that a resumed render is killed, too.
    for (let kills = 0; kills < 2; kills++) {
      const running = resume('killed');
      await running.lines(1 + below(reports - 2));
      await new Promise((done) => setTimeout(done, below(30)));
      kill(-running.child.pid!);
      await running.ended;
      rmSync(join(cwd, 'killed'), { recursive: true, force: true });
    }
    const { code, stderr } = await resume('resumed').ended;
    expect(code, `seed ${SEED}\n${stderr}`).toBe(0);
    expect(pixels(join(cwd, 'resumed')), `seed ${SEED}`).toEqual(whole);
    rmSync(join(cwd, 'resumed'), { recursive: true });
  });
});

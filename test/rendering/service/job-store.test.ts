import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clipWork } from '../../../plan/work.ts';
import { JOB_QUEUE } from '../../../protocol/cache-layout.ts';
import { JobStore, unfinishedJobs } from '../../../rendering/service/job-store.ts';
import { planOf } from '../plans.ts';

const JOB = { document: 'file:///fox.travel', work: clipWork(planOf()), note: '', open: 'preview' } as const;

let folder: string;
let lines: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'travel-jobs-'));
  lines = [];
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => new JobStore(folder, (line) => lines.push(line));

describe('jobs on the disk', () => {
  it('are in the queue as soon as they are added', async () => {
    const store = open();
    const keys = [await store.add(JOB, false), await store.add(JOB, true)];
    store.save([{ key: keys[0]!, resume: false, paused: true, running: false, crashes: 1 }]);
    keys.push(await store.add(JOB, true));
    const jobs = await open().load();
    expect(jobs).toMatchObject([
      { key: keys[0], paused: true, crashes: 1, document: JOB.document },
      { key: keys[2], resume: true, paused: false },
    ]);
    expect(lines).toEqual([]);
  });

  it.each([
    ['that is no JSON', '[{"key":'],
    ['of another shape', '[{"key": 7}]'],
  ])('are all paused, the oldest one first, if there is a queue %s', async (_, queue) => {
    const store = open();
    const keys = [await store.add(JOB, false), await store.add(JOB, false), await store.add(JOB, false)];
    for (const [index, time] of [20, 30, 10].entries()) await utimes(join(folder, `${keys[index]}.json`), time, time);
    await writeFile(join(folder, JOB_QUEUE), queue);
    const oldestFirst = [keys[2], keys[0], keys[1]].map((key) => ({ key, paused: true, resume: true, running: false }));
    expect(await unfinishedJobs(folder)).toHaveLength(3);
    expect(await open().load()).toMatchObject(oldestFirst);
    expect(lines).toEqual([expect.stringMatching(/queue\.json cannot be read, so all renders are paused: ./)]);
    expect(await open().load()).toMatchObject(oldestFirst);
  });

  it('are left out if they cannot be read, and named in the log', async () => {
    const store = open();
    const keys = [await store.add(JOB, false), await store.add(JOB, false)];
    await writeFile(join(folder, `${keys[0]}.json`), JSON.stringify({ document: 'file:///owl.travel', work: 1 }));
    expect(await open().load()).toMatchObject([{ key: keys[1] }]);
    expect(lines).toEqual([
      expect.stringMatching(/^The render of file:\/\/\/owl\.travel .*cannot be continued: .*\.json: /),
    ]);
  });

  it('leave nothing behind if they cannot be added', async () => {
    // A folder cannot be replaced by a file.
    await mkdir(join(folder, JOB_QUEUE));
    await expect(open().add(JOB, false)).rejects.toThrow();
    expect(await readdir(folder)).toEqual([JOB_QUEUE]);
    expect(lines).toEqual([]);
  });

  it('say once that their state cannot be saved, and are saved again when it can be', async () => {
    const store = open();
    const entry = { key: await store.add(JOB, false), resume: false, paused: false, running: false, crashes: 0 };
    await rm(join(folder, JOB_QUEUE));
    await mkdir(join(folder, JOB_QUEUE));
    store.save([entry]);
    store.save([{ ...entry, paused: true }]);
    await store.flush();
    expect(lines).toEqual([expect.stringMatching(/^The queue of renders cannot be saved, but goes on: /)]);
    expect(await readdir(folder)).not.toContain(`${JOB_QUEUE}.new`);
    await rm(join(folder, JOB_QUEUE), { recursive: true });
    store.save([entry]);
    await store.flush();
    expect(JSON.parse(await readFile(join(folder, JOB_QUEUE), 'utf8'))).toEqual([entry]);
    expect(lines).toHaveLength(1);
  });
});

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { TravelLock } from '../../plan/lock.ts';
import { folderWith } from '../library/tree.ts';
import { documentAt, fake, window, workspace } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { renderLocked, writeLock } = await import('../../client/render/lock.ts');
const { renderClip, renderDraft } = await import('../../client/render/tries.ts');
const { DONE, EXTENSION, edit, plan, setUp } = await import('./renders.ts');

const RANDOM = { ...plan, rolled: [{ written: '{a|b}', chosen: 'a' }] };

/** A saved file whose renders have the plan `RANDOM`, with `changes`. @param isRandom whether its seed is −1 */
function open(changes: Partial<typeof plan> = {}, isRandom = true) {
  const folder = folderWith({ 'fox.travel': plan.source });
  const path = join(folder, 'fox.travel');
  edit(documentAt(path, { text: plan.source }));
  let current = { ...RANDOM, ...changes };
  const all = setUp(({ version }) => ({ kind: 'plan', version, plan: current, isRandom, note: '' }));
  return {
    ...all,
    lock: `${path}.lock`,
    plansNow(next: Partial<typeof plan>) {
      current = { ...RANDOM, ...next };
    },
  };
}

/** The messages about locks. */
const messages = () => fake.messages.filter(({ text }) => text.includes('lock'));
const seen = (count: number) => vi.waitFor(() => expect(messages()).toHaveLength(count));

beforeEach(() => fake.reset());

describe('Write Lock File', () => {
  it('writes the lock of the plan that renders use now, once, and offers to open it', async () => {
    const { host, lock, requests } = open();
    fake.answers.push('Open');
    await writeLock(host, undefined);
    const written = TravelLock.parse(JSON.parse(readFileSync(lock, 'utf8')));
    expect(written).toMatchObject({ seed: 1, rolled: RANDOM.rolled, models: [{ name: 'a.safetensors' }] });
    expect(requests.map(({ what }) => what)).toEqual([{ kind: 'clip' }]);
    expect(messages()).toMatchObject([
      { kind: 'information', text: 'fox.travel.lock was written: seed 1, 1 model, 1 choice.' },
    ]);
    expect(fake.executed).toEqual(['vscode.open']);
    expect(fake.executedWith).toMatchObject([[{ fsPath: lock }]]);
    await writeLock(host, undefined);
    expect(messages()[1]).toMatchObject({ text: 'fox.travel.lock is up to date: seed 1, 1 model, 1 choice.' });
  });

  it('writes nothing if it is canceled, and nobody is told', async () => {
    const { host, lock, machine } = open();
    machine.engine.identify = () =>
      new Promise((resolve) => {
        machine.engine.kill = () => resolve({ ok: false, message: 'The engine was ended by SIGKILL.' });
        queueMicrotask(() => fake.progress[0]!.cancel());
      });
    await writeLock(host, undefined);
    expect(existsSync(lock)).toBe(false);
    expect(fake.messages).toEqual([]);
  });

  it.each([
    ['the engine stops', { ok: false, message: 'The engine stopped.' }, /could not be written: The engine stopped/],
    [
      'a model cannot be read',
      { ok: true, engine: 1, onnxRuntime: '1', sha256: [null] },
      /could not be written: The model file \/models\/a\.safetensors could not be read/,
    ],
  ] as const)('reports that %s', async (_, answer, message) => {
    const { host, lock, machine } = open();
    machine.engine.identify = async () => ({ ...answer, sha256: [null] });
    await writeLock(host, undefined);
    expect(messages()).toMatchObject([{ kind: 'error', text: expect.stringMatching(message) }]);
    expect(existsSync(lock)).toBe(false);
  });

  it('refuses another ending, an untrusted folder, and no file', async () => {
    const { host } = open();
    edit(documentAt('/clips/fox.txt', { text: 'fox' }));
    window.activeTextEditor = { document: fake.documents.at(-1)! };
    await writeLock(host, undefined);
    expect(messages()).toMatchObject([{ text: expect.stringMatching(/ends in \.travel can be locked/) }]);
    workspace.isTrusted = false;
    await writeLock(host, undefined);
    expect(fake.messages.at(-1)).toMatchObject({ text: expect.stringMatching(/Trust this folder/) });
  });
});

describe('Render', () => {
  it('compares with the lock while it renders, and offers to render as locked', async () => {
    const { host, service, plansNow } = open();
    await writeLock(host, undefined);
    plansNow({ sampling: { ...plan.sampling, seed: 5 } });
    fake.answers.push('Render as Locked');
    const rendered = renderClip(host, EXTENSION as never, undefined);
    await seen(2);
    expect(messages()[1]).toMatchObject({
      kind: 'warning',
      text: 'fox.travel differs from its lock file. The seed is 5; locked: 1.',
    });
    expect(fake.executed).toEqual(['travel.renderLocked']);
    expect(fake.executedWith).toMatchObject([[{ path: expect.stringMatching(/fox\.travel$/) }]]);
    expect(service.submitted).toHaveLength(1);
    service.set(1, { kind: 'done', result: DONE });
    expect(await rendered).toEqual(DONE);
  });

  it('does not offer that if it could not help', async () => {
    const { host, plansNow } = open({}, false);
    await writeLock(host, undefined);
    plansNow({ sampling: { ...plan.sampling, seed: 5 } });
    fake.answers.push('Render as Locked');
    void renderClip(host, EXTENSION as never, undefined);
    await seen(2);
    expect(messages()[1]).toMatchObject({ text: expect.stringMatching(/The seed is 5; locked: 1/) });
    expect(fake.executed).toEqual([]);
  });

  it('names a lock that cannot be read, and renders', async () => {
    const { host, service, lock } = open();
    writeFileSync(lock, 'x');
    void renderClip(host, EXTENSION as never, undefined);
    await seen(1);
    expect(messages()).toMatchObject([
      { kind: 'warning', text: expect.stringMatching(/^fox\.travel\.lock cannot be used\. It is not JSON/) },
    ]);
    await vi.waitFor(() => expect(service.submitted).toHaveLength(1));
  });

  it('compares neither a draft, nor a file without a lock, nor the same clip', async () => {
    const { host, service, lock, machine, plansNow } = open();
    await writeLock(host, undefined);
    const identify = vi.spyOn(machine.engine, 'identify');
    const end = async (rendered: Promise<unknown>, id: number) => {
      await vi.waitFor(() => expect(service.jobs).toHaveLength(id));
      service.set(id, { kind: 'done', result: DONE });
      await rendered;
    };
    await end(renderClip(host, EXTENSION as never, undefined), 1);
    await vi.waitFor(() => expect(identify).toHaveBeenCalledTimes(1));
    plansNow({ sampling: { ...plan.sampling, seed: 5 } });
    await end(renderDraft(host, undefined), 2);
    rmSync(lock);
    await end(renderClip(host, EXTENSION as never, undefined), 3);
    expect(identify).toHaveBeenCalledTimes(1);
    expect(messages()).toHaveLength(1);
  });
});

describe('Render as Locked', () => {
  it('asks for the plan with the locked seed and choices', async () => {
    const { host, service, requests } = open();
    await writeLock(host, undefined);
    void renderLocked(host, undefined);
    await vi.waitFor(() => expect(service.submitted).toHaveLength(1));
    expect(requests.at(-1)?.what).toEqual({ kind: 'clip', locked: { seed: 1, rolled: RANDOM.rolled } });
  });

  it('offers to write a lock if there is none', async () => {
    const { host, service } = open();
    fake.answers.push('Write Lock File');
    expect(await renderLocked(host, undefined)).toBeUndefined();
    await vi.waitFor(() => expect(fake.executed).toEqual(['travel.writeLock']));
    expect(messages()).toMatchObject([{ text: 'fox.travel.lock cannot be used. It was not found.' }]);
    expect(service.submitted).toEqual([]);
  });
});

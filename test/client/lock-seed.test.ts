import { beforeEach, expect, it, vi } from 'vitest';
import { documentAt, type FakeDocument, fake, window } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { lockSeed } = await import('../../client/lock-seed.ts');

const RANGE = { start: { line: 1, character: 6 }, end: { line: 1, character: 8 } };
const EDIT = { kind: 'edit', seed: 7, range: RANGE, newText: '7' };

/** @param answers one for each request */
const client = (...answers: (() => unknown)[]) =>
  ({
    code2ProtocolConverter: { asUri: (uri: { toString(): string }) => uri.toString() },
    sendRequest: async () => (answers.length > 1 ? answers.shift()! : answers[0]!)(),
  }) as never;

let document: FakeDocument;

beforeEach(() => {
  fake.reset();
  document = documentAt('/clips/fox.travel');
  window.activeTextEditor = { document };
});

it('writes the seed as one edit', async () => {
  await lockSeed(client(() => EDIT));
  expect(fake.edits.map(({ replaced }) => replaced)).toEqual([
    [{ uri: 'file:///clips/fox.travel', range: RANGE, text: '7' }],
  ]);
  expect(fake.messages).toEqual([{ kind: 'status', text: '$(lock) The seed is now 7 in the file' }]);
});

it('asks again if someone types while the server answers', async () => {
  const typing = () => {
    document.version++;
    return EDIT;
  };
  await lockSeed(
    client(
      typing,
      () => ({ kind: 'outdated' }),
      () => ({ ...EDIT, newText: '8' }),
    ),
  );
  expect(fake.edits.flatMap(({ replaced }) => replaced.map(({ text }) => text))).toEqual(['8']);
});

it('gives up if the text keeps changing', async () => {
  await lockSeed(client(() => ({ kind: 'outdated' })));
  expect(fake.edits).toEqual([]);
  expect(fake.messages).toMatchObject([{ kind: 'warning', text: expect.stringMatching(/kept changing/) }]);
});

it.each([
  [{ kind: 'fixed', seed: 42 }, /^This file already sets its seed: 42/],
  [{ kind: 'not-editable' }, /settings have errors/],
])('edits nothing after %j', async (answer, message) => {
  await lockSeed(client(() => answer));
  expect(fake.edits).toEqual([]);
  expect(fake.messages).toMatchObject([{ text: expect.stringMatching(message) }]);
});

it('reports a file that cannot be edited', async () => {
  fake.editable = false;
  await lockSeed(client(() => EDIT));
  expect(fake.messages).toMatchObject([{ kind: 'error', text: expect.stringMatching(/could not be edited/) }]);
});

it('asks for a file where none is open', async () => {
  window.activeTextEditor = undefined;
  await lockSeed(client(() => EDIT));
  expect(fake.messages).toMatchObject([{ kind: 'warning', text: expect.stringMatching(/^Open the \.travel file/) }]);
});

import { beforeEach, expect, it, vi } from 'vitest';
import { documentAt, fake, window } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { rollSeed } = await import('../../client/roll-seed.ts');

const client = (answer: unknown) =>
  ({
    code2ProtocolConverter: { asUri: (uri: { toString(): string }) => uri.toString() },
    sendRequest: async () => answer,
  }) as never;

beforeEach(() => {
  fake.reset();
  window.activeTextEditor = { document: documentAt('/clips/fox.travel') };
});

it('shows the new seed', async () => {
  await rollSeed(client({ kind: 'rolled', seed: 7 }));
  expect(fake.messages).toEqual([{ kind: 'status', text: '$(check) The seed is now 7' }]);
});

it('reports that a file sets its seed', async () => {
  await rollSeed(client({ kind: 'fixed', seed: 42 }));
  expect(fake.messages).toMatchObject([
    { kind: 'information', text: expect.stringMatching(/^This file sets its seed: 42/) },
  ]);
});

it('asks for a file where none is open', async () => {
  window.activeTextEditor = undefined;
  await rollSeed(client({ kind: 'rolled', seed: 7 }));
  expect(fake.messages).toMatchObject([{ kind: 'warning', text: expect.stringMatching(/^Open the \.travel file/) }]);
});

it('refuses an answer that it does not know', async () => {
  await expect(rollSeed(client({ kind: 'rolled', seed: -1 }))).rejects.toThrow();
});

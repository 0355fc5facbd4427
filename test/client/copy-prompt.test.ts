import { beforeEach, describe, expect, it, vi } from 'vitest';
import { documentAt, fake, window } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { copyAsA1111, copyNegativePrompt } = await import('../../client/copy-prompt.ts');

/** A language server that gives this answer. */
const client = (answer: unknown) =>
  ({
    code2ProtocolConverter: { asUri: (uri: { toString(): string }) => uri.toString() },
    sendRequest: async () => answer,
  }) as never;

const ALL = { prompt: '0: a', negative: 'blurry', lost: ['Transitions are linear there.', 'The negative prompt …'] };

beforeEach(() => {
  fake.reset();
  window.activeTextEditor = { document: documentAt('/clips/fox.travel') };
});

describe('Copy as A1111 Prompt', () => {
  it('names everything that is lost, and copies the negative prompt when asked to', async () => {
    await copyAsA1111(client(ALL));
    expect(fake.clipboard).toBe('0: a');
    expect(fake.messages).toMatchObject([{ kind: 'warning', text: expect.stringContaining(ALL.lost.join(' ')) }]);
    fake.answers = ['Copy Negative Prompt'];
    await copyAsA1111(client(ALL));
    await expect.poll(() => fake.clipboard).toBe('blurry');
  });

  it('is silent if nothing is lost', async () => {
    await copyAsA1111(client({ prompt: '0: a', negative: '', lost: [] }));
    expect(fake.messages).toMatchObject([{ kind: 'status' }]);
  });
});

describe('Copy Negative Prompt', () => {
  it('copies it', async () => {
    await copyNegativePrompt(client(ALL));
    expect(fake.clipboard).toBe('blurry');
    expect(fake.messages).toMatchObject([{ kind: 'status', text: '$(check) Negative prompt copied' }]);
  });

  it('keeps the clipboard if there is nothing to copy', async () => {
    fake.clipboard = 'before';
    await copyNegativePrompt(client({ ...ALL, negative: '' }));
    window.activeTextEditor = undefined;
    await copyNegativePrompt(client(ALL));
    expect(fake.clipboard).toBe('before');
    expect(fake.messages.map(({ kind }) => kind)).toEqual(['information', 'warning']);
  });
});

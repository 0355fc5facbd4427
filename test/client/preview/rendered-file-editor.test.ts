import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { publishedPlan } from '../../../plan/published-plan.ts';
import type { ExtractResult } from '../../../protocol/engine.ts';
import { planOf } from '../../rendering/plans.ts';
import { documentAt, FakePanel, fake, Uri } from '../vscode.ts';
import { servicesOf, settled, TestServer } from './services.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { RenderedFileEditor } = await import('../../../client/preview/rendered-file-editor.ts');

const PLAN = publishedPlan(planOf(), new Map());
const withSource = (until: number | null = null): ExtractResult => ({
  ok: true,
  source: '0: a',
  plan: { ok: true, plan: { ...PLAN, sampling: { ...PLAN.sampling, steps: 20, seed: 42, until } } },
});

let folder = '';
beforeEach(async () => {
  fake.reset();
  folder = await mkdtemp(join(tmpdir(), 'rendered-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A rendered file whose page listens. */
async function opened(stored: ExtractResult) {
  const uri = Uri.file(join(folder, 'fox.webp'));
  await writeFile(uri.fsPath, 'a clip');
  fake.documents.push(documentAt(`travel-source:${uri.path}.travel`));
  const files = { stored: async () => stored };
  const services = servicesOf(new TestServer());
  const editor = new RenderedFileEditor(files as never, Uri.file('/extension') as never, services);
  const document = await editor.openCustomDocument(uri as never, {} as never, {} as never);
  const panel = new FakePanel('travel.renderedFile', 'fox.webp');
  await editor.resolveCustomEditor(document, panel as never);
  panel.say({ type: 'ready' });
  await vi.waitUntil(() => panel.last('clip') !== undefined);
  return panel;
}

describe('a rendered file', () => {
  it('is shown as one, with how far it got', async () => {
    const panel = await opened(withSource(8));
    expect(panel.last('state')).toMatchObject({
      subject: 'render',
      state: { kind: 'done', summary: expect.stringMatching(/, seed 42, stopped after step 8 of 20$/) },
    });
    expect(panel.last('clip')).toMatchObject({ side: 'a', label: 'fox' });
  });

  it('without a source says so', async () => {
    const panel = await opened({ ok: false, message: 'It has no source.' });
    expect(panel.last('state')).toMatchObject({ subject: 'render', state: { message: 'It has no source.' } });
  });

  it('is rendered again, and has nothing to undo, to save or to change', async () => {
    const panel = await opened(withSource());
    for (const command of ['undo', 'redo', 'save', 'render']) panel.say({ type: 'command', command });
    panel.say({ type: 'edit', version: 1, edit: { kind: 'reverse' } });
    await settled();
    expect(fake.executed).toEqual(['travel.renderAgain']);
    expect(panel.revealed).toBe(0);
    expect(fake.edits).toEqual([]);
    expect(fake.messages.map(({ text }) => text)).toEqual([
      'The keyframes of a rendered file cannot be changed. Open its source, and change them there.',
    ]);
  });
});

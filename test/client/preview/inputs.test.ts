import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RenderHost } from '../../../client/preview/document-preview.ts';
import type { ClipInputs } from '../../../plan/clip-inputs.ts';
import { events, fake, workspace } from '../vscode.ts';
import { opened, setUp } from './opened-preview.ts';
import { settled } from './services.ts';

vi.mock('vscode', () => import('../vscode.ts'));
beforeEach(() => fake.reset());

const INPUTS: ClipInputs = {
  width: 64,
  height: 64,
  seed: 1,
  pictures: [{ file: { path: '/clips/a.png', size: 1, mtimeMs: 1 } }],
  start: { frames: [0], problem: null },
  units: [],
};

/** Renders of nothing, and the pictures that were asked for. */
function host() {
  const asked: unknown[] = [];
  const nothing = () => undefined;
  const renders = {
    onDidChange: () => ({ dispose: nothing }),
    sources: { jobs: [], isReconnecting: false, withoutProgress: new Set(), lastRender: null, outdated: [] },
    sendAll: nothing,
    checked: nothing,
    dispose: nothing,
  };
  const all = {
    of: () => renders,
    watch: nothing,
    inputPictures: async (request: { readonly wanted: readonly unknown[] }) => {
      asked.push(...request.wanted);
      return { ok: true, pictures: request.wanted.map(() => ({ ok: true, webp: Uint8Array.of(7) })) };
    },
  };
  return { asked, host: all as unknown as RenderHost };
}

async function openedWithInputs() {
  const { asked, host: renders } = host();
  const all = setUp({}, renders);
  all.server.inputsAnswer = INPUTS;
  return { ...(await opened(all)), asked };
}

describe('the input of a clip', () => {
  it('is described to the page, which gets the pictures that it wants', async () => {
    const { panel, asked } = await openedWithInputs();
    expect(panel.last('inputs')).toEqual({
      type: 'inputs',
      inputs: { start: { sources: [0], problem: null }, units: [] },
    });
    expect(asked).toEqual([]);
    panel.say({ type: 'wantInputs', ids: [0] });
    await settled();
    expect(asked).toEqual([{ picture: INPUTS.pictures[0], unit: null }]);
    expect(panel.last('inputPicture')).toMatchObject({ id: 0, image: Uint8Array.of(7) });
  });

  it('is not read in a folder that is not trusted, until it is', async () => {
    workspace.isTrusted = false;
    const { panel, server } = await openedWithInputs();
    expect(panel.last('inputs')).toEqual({ type: 'inputs', inputs: null });
    expect(server.asked).not.toContainEqual(['inputs']);
    workspace.isTrusted = true;
    events.trusted.fire();
    server.change(true);
    await settled();
    expect(panel.last('inputs')).toMatchObject({ inputs: { start: { sources: [0] } } });
  });
});

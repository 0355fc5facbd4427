import { describe, expect, it, vi } from 'vitest';
import { memento, Uri } from '../vscode.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { FormerPlaces } = await import('../../../client/preview/former-places.ts');

const file = (path: string) => Uri.file(path) as never;
const rename = (from: string, to: string) => ({ files: [{ oldUri: file(from), newUri: file(to) }] });

function setUp() {
  const state = memento();
  return { state, places: new FormerPlaces(state as never) };
}

describe('the renders of a file', () => {
  it('are where they were before it was renamed, each time', async () => {
    const { places } = setUp();
    await places.note(file('/clips/fox.travel'), '/clips/renders/fox');
    expect(places.of(file('/clips/fox.travel'))).toEqual([]);
    await places.renamed(rename('/clips/fox.travel', '/clips/wolf.travel'), 1000);
    const fox = { folder: '/clips/renders/fox', name: 'fox', until: 1000 };
    expect(places.of(file('/clips/wolf.travel'))).toEqual([fox]);
    expect(places.of(file('/clips/fox.travel'))).toEqual([]);
    await places.note(file('/clips/wolf.travel'), '/clips/renders/wolf');
    await places.renamed(rename('/clips/wolf.travel', '/other/bear.travel'), 2000);
    const wolf = { folder: '/clips/renders/wolf', name: 'wolf', until: 2000 };
    expect(places.of(file('/other/bear.travel'))).toEqual([wolf, fox]);
  });

  it('are known also if it is renamed twice before it is shown again', async () => {
    const { places } = setUp();
    await places.note(file('/clips/fox.travel'), '/clips/renders');
    await places.renamed(rename('/clips/fox.travel', '/clips/wolf.travel'), 1000);
    await places.renamed(rename('/clips/wolf.travel', '/clips/bear.travel'), 2000);
    expect(places.of(file('/clips/bear.travel'))).toEqual([{ folder: '/clips/renders', name: 'fox', until: 1000 }]);
  });

  it('move with a folder around them', async () => {
    const { places } = setUp();
    await places.note(file('/clips/fox.travel'), '/clips/renders/fox');
    await places.renamed(rename('/clips/fox.travel', '/clips/wolf.travel'), 1000);
    await places.renamed(rename('/clips', '/films'), 2000);
    expect(places.of(file('/films/wolf.travel'))).toEqual([{ folder: '/films/renders/fox', name: 'fox', until: 1000 }]);
    await places.renamed(rename('/films/renders/fox', '/films/renders/old'), 3000);
    expect(places.of(file('/films/wolf.travel'))).toMatchObject([{ folder: '/films/renders/old' }]);
    // The name of another folder only begins in the same way.
    await places.renamed(rename('/film', '/x'), 4000);
    expect(places.of(file('/films/wolf.travel'))).toMatchObject([{ folder: '/films/renders/old' }]);
  });

  it('are its own, also in the place of a file that it replaces', async () => {
    const { places } = setUp();
    await places.note(file('/clips/wolf.travel'), '/clips/renders/wolf');
    await places.note(file('/clips/fox.travel'), '/clips/renders/fox');
    await places.renamed(rename('/clips/fox.travel', '/clips/wolf.travel'), 1000);
    expect(places.of(file('/clips/wolf.travel'))).toMatchObject([{ name: 'fox' }]);
    await places.renamed(rename('/clips/wolf.travel', '/clips/bear.travel'), 2000);
    expect(places.of(file('/clips/wolf.travel'))).toEqual([]);
  });

  it('are not known from what another version has stored', async () => {
    const { state, places } = setUp();
    state.data['travel.rendersPlaces'] = [{ uri: 3 }];
    expect(places.of(file('/clips/fox.travel'))).toEqual([]);
  });
});

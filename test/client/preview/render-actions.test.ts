import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { RenderedFile } from '../../../client/preview/rendered-files.ts';
import { fake, Uri, window } from '../vscode.ts';
import { fileOf, folder, setUp, write } from './rendered-document.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { actOnRender } = await import('../../../client/preview/render-actions.ts');

describe('a finished render', () => {
  async function withRender(changes: Partial<RenderedFile> = {}) {
    const path = await write('a.webp');
    const all = setUp([fileOf(path, changes)]);
    all.renders.checked(folder, 8);
    await all.next('clip');
    const act = (action: Parameters<typeof actOnRender>[3]) =>
      actOnRender(all.renders, all.document as never, path, action);
    return { ...all, path, act };
  }

  it('is compared, and no longer', async () => {
    const { act, next, renders, path } = await withRender();
    await act('compare');
    expect(await next('clip', 2)).toMatchObject({ side: 'b', id: path });
    renders.clips.clearCompare();
    expect(await next('clearCompare')).toBeDefined();
  });

  it('gets a star and loses it', async () => {
    const { act, of } = await withRender();
    await act('star');
    expect(of('renders').at(-1)!.renders[0]!.starred).toBe(true);
    await act('star');
    expect(of('renders').at(-1)!.renders[0]!.starred).toBe(false);
  });

  it('is moved to the trash with all its files, if the user agrees', async () => {
    const { act, path, found } = await withRender({ paths: [join(folder, 'a.webp'), join(folder, 'a.mp4')] });
    await act('delete');
    expect(fake.deleted).toEqual([]);
    fake.answers.push('Move to Trash');
    found.length = 0;
    await act('delete');
    expect(fake.deleted).toEqual([path, join(folder, 'a.mp4')]);
  });

  it('is deleted permanently where there is no trash, if the user agrees to that, too', async () => {
    fake.hasTrash = false;
    const { act, path } = await withRender();
    fake.answers.push('Move to Trash');
    await act('delete');
    expect(fake.deleted).toEqual([]);
    fake.answers.push('Move to Trash', 'Delete Permanently');
    await act('delete');
    expect(fake.deleted).toEqual([path]);
  });

  it('is rendered again: the same source, the same seed', async () => {
    const { act, jobs, server } = await withRender();
    await act('renderAgain');
    expect(server.asked.at(-1)).toEqual(['plan', { kind: 'text', text: 'a fox', seed: 42 }]);
    expect(jobs.plans[0]).toMatchObject({ source: 'a fox', sampling: { seed: 42 } });
  });

  it('is not rendered again without its seed', async () => {
    const { act } = await withRender({ seed: null });
    await expect(act('renderAgain')).rejects.toThrow('The seed of render is not known.');
  });

  it('is saved in another format, played in another way', async () => {
    const { act, converted, path } = await withRender();
    fake.picks.push('MP4', 'Backward');
    fake.saveDialog = Uri.file('/videos/fox.final.mp4') as never;
    fake.answers.push('Show in Folder');
    await act('saveAs');
    const request = { path, base: '/videos/fox.final', formats: ['mp4'], fps: null, loop: null, reverse: true };
    expect(converted).toEqual([request]);
    expect(fake.messages.at(-1)!.text).toBe('Saved as /videos/fox.final.mp4.');
    expect(fake.executed).toEqual(['revealFileInOS']);
  });

  it('is saved with a warning that has what the format loses', async () => {
    const { act, lost } = await withRender();
    fake.picks.push('MP4', 'As It Is');
    fake.saveDialog = Uri.file('/videos/fox.mp4') as never;
    lost.push('mp4 files have no loop count.', 'The sound is left out.');
    await act('saveAs');
    expect(fake.messages.at(-1)).toMatchObject({
      kind: 'warning',
      text: 'Saved as /videos/fox.mp4. mp4 files have no loop count. The sound is left out.',
    });
  });

  it('is not saved if one of the questions is not answered', async () => {
    const { act, converted } = await withRender();
    await act('saveAs');
    fake.picks.push('GIF');
    await act('saveAs');
    fake.picks.push('GIF', 'As It Is');
    await act('saveAs');
    expect(converted).toEqual([]);
  });

  it('has its source in an untitled file with its byte order mark', async () => {
    const { act } = await withRender({ source: '\uFEFFa fox' });
    await act('openSource');
    expect(window.activeTextEditor?.document).toMatchObject({ text: 'a fox', encoding: 'utf8bom' });
  });

  it('has its source in an untitled file', async () => {
    const { act } = await withRender();
    await act('openSource');
    expect(window.activeTextEditor?.document).toMatchObject({
      languageId: 'travel',
      text: 'a fox',
      encoding: 'utf8',
      isUntitled: true,
    });
  });
});

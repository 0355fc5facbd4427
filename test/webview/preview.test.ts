import { expect, it } from 'vitest';
import type { HostMessage } from '../../protocol/preview.ts';
import { Preview } from '../../webview/preview.ts';
import { FIRST_VIEW } from '../../webview/state/view.ts';

const state = (name: string): HostMessage => ({
  type: 'state',
  name,
  subject: 'text',
  locked: false,
  state: { kind: 'never-rendered' },
});

it('keeps the loop range for the file that it was set for, also after a reload', () => {
  const range = { first: 2, last: 10 };
  const view = { ...FIRST_VIEW, clock: { ...FIRST_VIEW.clock, playing: false, range } };
  const preview = new Preview({ view, post: () => undefined, reducedMotion: true });
  preview.receive(state('fox'));
  preview.receive(state('fox'));
  expect(preview.view.clock.range).toEqual(range);
  preview.receive(state('hare'));
  expect(preview.view.clock.range).toBeNull();
});

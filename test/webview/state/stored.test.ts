import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restoreView, storedView } from '../../../webview/state/stored.ts';
import { FIRST_VIEW, type View } from '../../../webview/state/view.ts';

const ARRANGED: View = {
  clock: { playing: true, position: 12, direction: 1, speed: 0.5, loop: 'ping-pong', range: { first: 3, last: 9 } },
  autoplay: false,
  zoom: { kind: 'factor', factor: 2, center: { x: 0.25, y: 0.75 } },
  background: 'checker',
  onion: true,
  input: 'over',
  inputLayer: -1,
  inputOpacity: 0.75,
  compare: 'difference',
  wipe: 0.25,
  span: { start: 4, end: 20 },
  folded: false,
  tab: 'renders',
  step: 3,
  scroll: { page: 10, timeline: 20, side: 30 },
};

describe('the stored view', () => {
  it('comes back as it was', () => {
    expect(restoreView(JSON.parse(JSON.stringify(storedView(ARRANGED))))).toEqual(ARRANGED);
  });

  it.each([undefined, null, 'text', 42, [], {}])('is the first view if nothing usable was stored: %j', (stored) => {
    expect(restoreView(stored)).toEqual(FIRST_VIEW);
  });

  it('keeps what it understands of what another version has stored', () => {
    const stored = {
      ...storedView(ARRANGED),
      background: 'plaid',
      speed: 1e9,
      zoom: { kind: 'factor', factor: -1 },
      extra: 1,
    };
    expect(restoreView(stored)).toEqual({
      ...ARRANGED,
      background: FIRST_VIEW.background,
      zoom: FIRST_VIEW.zoom,
      clock: { ...ARRANGED.clock, speed: 1 },
    });
  });

  it('is never something that the page cannot show', () => {
    const keys = Object.keys(storedView(ARRANGED));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), fc.anything()), (stored) => {
        const view = restoreView(stored);
        const { position, speed, range } = view.clock;
        expect(position >= 0 && speed > 0 && (range === null || range.first <= range.last)).toBe(true);
        expect(view.span === null || view.span.start < view.span.end).toBe(true);
        expect(view.zoom.kind === 'fit' || view.zoom.factor > 0).toBe(true);
      }),
    );
  });
});

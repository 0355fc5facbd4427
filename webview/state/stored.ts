import * as z from 'zod/mini';
import { BACKGROUNDS, COMPARE_MODES, FIRST_VIEW, INPUT_MODES, type View } from './view.ts';

/*
 * The view as it is kept by VS Code. An older or newer version of the extension may have written it, so it is checked,
 * and each part that is not understood is as on a new page.
 */

const Frame = z.int().check(z.nonnegative(), z.maximum(1e7));
const Pixels = z.number().check(z.nonnegative(), z.maximum(1e6));
const Part = z.number().check(z.minimum(0), z.maximum(1));

const fallback = <T extends z.ZodMiniType>(schema: T, value: NoInfer<z.infer<T>>) => z.catch(schema, value);

const StoredView = z.object({
  frame: fallback(Frame, 0),
  playing: fallback(z.boolean(), false),
  autoplay: fallback(z.boolean(), true),
  speed: fallback(z.number().check(z.minimum(0.05), z.maximum(16)), 1),
  loop: fallback(z.enum(['once', 'loop', 'ping-pong']), 'loop'),
  range: fallback(
    z.nullable(z.object({ first: Frame, last: Frame }).check(z.refine(({ first, last }) => first <= last))),
    null,
  ),
  zoom: fallback(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('fit') }),
      z.object({
        kind: z.literal('factor'),
        factor: z.number().check(z.minimum(0.01), z.maximum(64)),
        center: z.object({ x: Part, y: Part }),
      }),
    ]),
    FIRST_VIEW.zoom,
  ),
  background: fallback(z.enum(BACKGROUNDS), FIRST_VIEW.background),
  onion: fallback(z.boolean(), false),
  input: fallback(z.enum(INPUT_MODES), FIRST_VIEW.input),
  inputLayer: fallback(z.int().check(z.minimum(-1), z.maximum(1000)), FIRST_VIEW.inputLayer),
  inputOpacity: fallback(Part, FIRST_VIEW.inputOpacity),
  compare: fallback(z.enum(COMPARE_MODES), FIRST_VIEW.compare),
  wipe: fallback(Part, FIRST_VIEW.wipe),
  span: fallback(
    z.nullable(
      z
        .object({ start: z.number().check(z.minimum(0)), end: z.number().check(z.maximum(1e7)) })
        .check(z.refine(({ start, end }) => start < end)),
    ),
    null,
  ),
  folded: fallback(z.nullable(z.boolean()), null),
  tab: fallback(z.enum(['frame', 'renders']), FIRST_VIEW.tab),
  step: fallback(z.int().check(z.nonnegative(), z.maximum(10_000)), 0),
  scroll: fallback(z.object({ page: Pixels, timeline: Pixels, side: Pixels }), FIRST_VIEW.scroll),
});
export type StoredView = z.infer<typeof StoredView>;

/** @param stored anything */
export function restoreView(stored: unknown): View {
  const result = StoredView.safeParse(typeof stored === 'object' && stored !== null ? stored : {});
  if (!result.success) return FIRST_VIEW;
  const { frame, playing, speed, loop, range, ...rest } = result.data;
  return { ...rest, clock: { playing, position: frame, direction: 1, speed, loop, range } };
}

export function storedView({ clock, ...rest }: View): StoredView {
  const { playing, position, speed, loop, range } = clock;
  return { ...rest, frame: Math.floor(position), playing, speed, loop, range };
}

export interface OrderOptions {
  readonly frames: number;
  readonly context: number;
  readonly closedLoop: 'N' | 'R-P' | 'R+P' | 'A';
  readonly reverse: readonly ('add' | 'remove_head' | 'remove_tail')[];
}

type Loop = Omit<OrderOptions, 'reverse'>;

/** Whether `A` closes a clip no longer than its context by appending its inner frames backward. */
export const appendsReversed = ({ frames, context, closedLoop }: Loop): boolean =>
  closedLoop === 'A' && frames <= context;

/** The number of frames before `reverse` adds any. */
export const closedFrames = (loop: Loop): number =>
  appendsReversed(loop) ? loop.frames + Math.max(0, loop.frames - 2) : loop.frames;

/**
 * The rendered frames in the order of display. `A` closes a clip no longer than its context by playing the inner frames
 * backward, as in sd-webui-animatediff (16 frames become 30). Then `reverse` applies: for 1 2 3 4, `add` gives
 * 1 2 3 4 4 3 2 1, with `remove_head` 1 2 3 4 4 3 2, with `remove_tail` 1 2 3 4 3 2 1. Without `add`, `remove_head` and
 * `remove_tail` have no effect.
 */
export function outputOrder({ frames, context, closedLoop, reverse }: OrderOptions): number[] {
  const forward = Array.from({ length: frames }, (_, i) => i);
  const order = appendsReversed({ frames, context, closedLoop })
    ? [...forward, ...backward(forward, true, true)]
    : forward;
  if (!reverse.includes('add')) return order;
  return [...order, ...backward(order, reverse.includes('remove_head'), reverse.includes('remove_tail'))];
}

function backward(order: readonly number[], withoutHead: boolean, withoutTail: boolean): number[] {
  const kept = order.slice(withoutHead ? 1 : 0, withoutTail ? -1 : undefined);
  return kept.reverse();
}

export interface OrderOptions {
  readonly frames: number;
  readonly context: number;
  readonly closedLoop: 'N' | 'R-P' | 'R+P' | 'A';
  readonly reverse: readonly ('add' | 'remove_head' | 'remove_tail')[];
}

/**
 * The rendered frames in the order in which they are shown. `A` closes a clip no longer than its context by playing the
 * inner frames backwards (sd-webui-animatediff; 16 frames become 30); then `reverse` acts on what there is, of
 * 1 2 3 4: `add` 1 2 3 4 4 3 2 1; without the head 1 2 3 4 4 3 2; without the tail 1 2 3 4 3 2 1. `remove_head` and
 * `remove_tail` alone change nothing.
 */
export function outputOrder({ frames, context, closedLoop, reverse }: OrderOptions): number[] {
  const forward = Array.from({ length: frames }, (_, i) => i);
  const order = closedLoop === 'A' && frames <= context ? [...forward, ...backward(forward, true, true)] : forward;
  if (!reverse.includes('add')) return order;
  return [...order, ...backward(order, reverse.includes('remove_head'), reverse.includes('remove_tail'))];
}

function backward(order: readonly number[], withoutHead: boolean, withoutTail: boolean): number[] {
  const kept = order.slice(withoutHead ? 1 : 0, withoutTail ? -1 : undefined);
  return kept.reverse();
}

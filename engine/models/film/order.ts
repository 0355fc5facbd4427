/** A new frame between two that exist: positions from 0, the first frame of the gap, to its last one. */
export interface InBetween {
  readonly left: number;
  readonly right: number;
  /** Position of the new frame. */
  readonly made: number;
  /** How far it is from the left one to the right one. */
  readonly time: number;
}

/**
 * The order in which new frames of a gap are made, each from its neighbors of that moment, as Deforum's
 * `run_film_interp_infer`: always the one that is nearest to the middle of its neighbors. Among equal ones, the first gap
 * and the lowest position win; rounding to float32 decides most of them, as PyTorch's `linspace` rounds.
 *
 * @param count new frames between positions 0 and count + 1
 */
export function inBetweenOrder(count: number): InBetween[] {
  const f = Math.fround;
  const step = f(1 / (count + 1));
  const places = Array.from({ length: count + 2 }, (_, i) =>
    i < Math.floor((count + 2) / 2) ? f(step * i) : f(1 - step * (count + 1 - i)),
  );
  const timeOf = (left: number, right: number, position: number) =>
    f(f(places[position]! - places[left]!) / f(places[right]! - places[left]!));
  const existing = [0, count + 1];
  const order: InBetween[] = [];
  while (order.length < count) {
    let best: InBetween | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (let gap = 0; gap + 1 < existing.length; gap++) {
      const [left, right] = [existing[gap]!, existing[gap + 1]!];
      for (let made = left + 1; made < right; made++) {
        const time = timeOf(left, right, made);
        const distance = Math.abs(f(time - 0.5));
        if (distance < least) [best, least] = [{ left, right, made, time }, distance];
      }
    }
    order.push(best!);
    existing.push(best!.made);
    existing.sort((a, b) => a - b);
  }
  return order;
}

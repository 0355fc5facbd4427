/** The conditionings of the frames `from` and `to`, mixed at `rate`; `from` alone if both are equal. */
export interface WebuiMix {
  readonly from: number;
  readonly to: number;
  readonly rate: number;
}

/**
 * Whether prompts travel back to the first in sd-webui-animatediff: only in R+P and A, and only in clips longer than
 * the context.
 */
export function webuiPromptsClosed(frames: number, context: number, closedLoop: 'N' | 'R-P' | 'R+P' | 'A'): boolean {
  return frames > context && (closedLoop === 'R+P' || closedLoop === 'A');
}

/**
 * The mix of conditionings of each frame (sd-webui-animatediff, animatediff_prompt.py): linear between two keys, and
 * constant before the first and after the last. If `closed`, the last key is mixed with the first across the end
 * instead.
 *
 * @param keys frames of the keys, ascending, at least one
 * @param frames length of the clip
 */
export function webuiMixes(keys: readonly number[], frames: number, closed: boolean): WebuiMix[] {
  const first = keys[0]!;
  const last = keys.at(-1)!;
  const around = (distance: number) => (distance < 0 ? distance + frames : distance);
  let index = -1;
  return Array.from({ length: frames }, (_, frame) => {
    while (index + 1 < keys.length && keys[index + 1]! <= frame) index++;
    const from = keys[index] ?? (closed ? last : first);
    const to = keys[index + 1] ?? (closed ? first : last);
    const [since, until] = [around(frame - from), around(to - frame)];
    if (from === to || since + until === 0) return { from, to: from, rate: 0 };
    return { from, to, rate: since / (since + until) };
  });
}

import type { KeyframeEdit, TimelineKey } from '../../protocol/timeline.ts';

/** A keyframe or the end of a hold on its way. Nothing is sent before it is dropped. */
export interface Drag {
  readonly kind: 'moveKey' | 'shiftKeys' | 'moveHoldEnd';
  /** Index into `keys`. */
  readonly key: number;
  /** Where it was taken. */
  readonly from: number;
  /** Where it would be dropped. */
  readonly to: number;
}

export function startDrag(kind: Drag['kind'], keys: readonly TimelineKey[], key: number): Drag {
  const { frame, holdEnd } = keys[key]!;
  const from = kind === 'moveHoldEnd' ? holdEnd : frame;
  return { kind, key, from, to: from };
}

/** Moves to the nearest frame that is possible: inside the clip, and not on another keyframe. */
export function dragTo(drag: Drag, keys: readonly TimelineKey[], frames: number, frame: number): Drag {
  const own = keys[drag.key]!;
  const after = keys[drag.key + 1]?.frame ?? frames;
  const before = drag.key === 0 ? -1 : keys[drag.key - 1]!.holdEnd;
  switch (drag.kind) {
    case 'moveHoldEnd':
      return { ...drag, to: between(frame, own.frame, after - 1) };
    case 'shiftKeys':
      return { ...drag, to: between(frame, before + 1, own.frame + frames - 1 - keys.at(-1)!.frame) };
    case 'moveKey': {
      const wanted = between(frame, 0, frames - 1);
      const taken = keys.some((key, index) => index !== drag.key && wanted >= key.frame && wanted <= key.holdEnd);
      return taken ? drag : { ...drag, to: wanted };
    }
  }
}

const between = (value: number, low: number, high: number) => Math.max(low, Math.min(value, high));

/** The edit of a drop; null if nothing moved. */
export function editOf(drag: Drag, keys: readonly TimelineKey[]): KeyframeEdit | null {
  if (drag.to === drag.from) return null;
  const { index } = keys[drag.key]!;
  switch (drag.kind) {
    case 'moveKey':
      return { kind: 'moveKey', index, frame: drag.to };
    case 'moveHoldEnd':
      return { kind: 'moveHoldEnd', index, frame: drag.to };
    case 'shiftKeys':
      return { kind: 'shiftKeys', index, by: drag.to - drag.from };
  }
}

/** The keyframes as they look while something is dragged, in the same order. */
export function draggedKeys(keys: readonly TimelineKey[], drag: Drag | null): readonly TimelineKey[] {
  if (drag === null || drag.to === drag.from) return keys;
  const by = drag.to - drag.from;
  const moved = (key: TimelineKey) => ({ ...key, frame: key.frame + by, holdEnd: key.holdEnd + by });
  return keys.map((key, index) => {
    if (drag.kind === 'moveHoldEnd') return index === drag.key ? { ...key, holdEnd: drag.to } : key;
    if (drag.kind === 'shiftKeys') return index >= drag.key ? moved(key) : key;
    return index === drag.key ? moved(key) : key;
  });
}

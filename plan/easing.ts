/** The transition to a keyframe. */
export type Easing =
  | { readonly kind: 'linear' }
  /** No change until the keyframe itself. */
  | { readonly kind: 'cut' }
  /** CSS's curve from (0, 0) to (1, 1) with two control points; x₁ and x₂ are in [0, 1]. */
  | { readonly kind: 'bezier'; readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number };

export type EasingResult =
  | { readonly ok: true; readonly easing: Easing }
  | { readonly ok: false; readonly message: string };

const bezier = (x1: number, y1: number, x2: number, y2: number): Easing => ({ kind: 'bezier', x1, y1, x2, y2 });

/** The named transitions, with CSS's curves (CSS Easing Functions Level 1, §2.2). */
export const NAMED_EASINGS: ReadonlyMap<string, Easing> = new Map([
  ['linear', { kind: 'linear' }],
  ['cut', { kind: 'cut' }],
  ['ease', bezier(0.25, 0.1, 0.25, 1)],
  ['ease-in', bezier(0.42, 0, 1, 1)],
  ['ease-out', bezier(0, 0, 0.58, 1)],
  ['ease-in-out', bezier(0.42, 0, 0.58, 1)],
]);

const CUBIC_BEZIER = /^cubic-bezier\(([^()]*)\)$/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

/** Parses `ease-in` or `cubic-bezier(0.3, 0, 0.7, 1)`. The message explains the mistake and what to write instead. */
export function parseEasing(text: string): EasingResult {
  const trimmed = text.trim();
  const named = NAMED_EASINGS.get(trimmed);
  if (named) return { ok: true, easing: named };
  const inner = CUBIC_BEZIER.exec(trimmed)?.[1];
  if (inner === undefined) {
    const names = [...NAMED_EASINGS.keys()].join(', ');
    return {
      ok: false,
      message: `“${trimmed}” is not a valid transition. Write ${names} or cubic-bezier(x1, y1, x2, y2).`,
    };
  }
  const parts = inner.split(',').map((part) => part.trim());
  if (parts.length !== 4 || !parts.every((part) => NUMBER.test(part))) {
    return {
      ok: false,
      message: `cubic-bezier takes four numbers, not “${inner.trim()}”. Write, for example, cubic-bezier(0.42, 0, 0.58, 1).`,
    };
  }
  const [x1, y1, x2, y2] = parts.map(Number) as [number, number, number, number];
  if (!(x1 >= 0 && x1 <= 1 && x2 >= 0 && x2 <= 1)) {
    return {
      ok: false,
      message: `The x values of cubic-bezier must be between 0 and 1. Here they are ${x1} and ${x2}.`,
    };
  }
  return { ok: true, easing: bezier(x1, y1, x2, y2) };
}

/** The transition that a text names; linear if it names none, which a check reports. */
export function easingOf(text: string): Easing {
  const parsed = parseEasing(text);
  return parsed.ok ? parsed.easing : { kind: 'linear' };
}

/**
 * The eased progress of a transition.
 *
 * @param progress time in [0, 1]
 * @returns 0 at the start, 1 at the end; a bezier with y outside [0, 1] leaves that range in between
 */
export function ease(easing: Easing, progress: number): number {
  if (progress <= 0) return 0;
  if (progress >= 1) return 1;
  switch (easing.kind) {
    case 'linear':
      return progress;
    case 'cut':
      return 0;
    case 'bezier':
      return curve(easing.y1, easing.y2, parameterAt(easing.x1, easing.x2, progress));
  }
}

/** One coordinate of the cubic with ends 0 and 1 and control points p1, p2. */
function curve(p1: number, p2: number, s: number): number {
  const r = 1 - s;
  return 3 * r * r * s * p1 + 3 * r * s * s * p2 + s * s * s;
}

/** The parameter s with the given x. x(s) never decreases if x₁ and x₂ are in [0, 1], so bisection always finds it. */
function parameterAt(x1: number, x2: number, x: number): number {
  let low = 0;
  let high = 1;
  // 52 bisections reach the precision of doubles near 1.
  for (let i = 0; i < 52; i++) {
    const middle = (low + high) / 2;
    if (curve(x1, x2, middle) < x) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** How an animation arrives at a keyframe. */
export type Easing =
  | { readonly kind: 'linear' }
  /** Nothing changes until the keyframe itself. */
  | { readonly kind: 'cut' }
  /** CSS's curve from (0, 0) to (1, 1) with two handles; x₁ and x₂ lie in [0, 1]. */
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
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;

/** Reads `ease-in` or `cubic-bezier(0.3, 0, 0.7, 1)`; the message says what is wrong and what to write. */
export function parseEasing(text: string): EasingResult {
  const trimmed = text.trim();
  const named = NAMED_EASINGS.get(trimmed);
  if (named) return { ok: true, easing: named };
  const inner = CUBIC_BEZIER.exec(trimmed)?.[1];
  if (inner === undefined) {
    const names = [...NAMED_EASINGS.keys()].join(', ');
    return {
      ok: false,
      message: `“${trimmed}” is no transition. Write one of ${names}, or cubic-bezier(x1, y1, x2, y2).`,
    };
  }
  const parts = inner.split(',').map((part) => part.trim());
  if (parts.length !== 4 || !parts.every((part) => NUMBER.test(part))) {
    return {
      ok: false,
      message: `cubic-bezier takes four numbers, as in cubic-bezier(0.42, 0, 0.58, 1); here are “${inner.trim()}”.`,
    };
  }
  const [x1, y1, x2, y2] = parts.map(Number) as [number, number, number, number];
  if (!(x1 >= 0 && x1 <= 1 && x2 >= 0 && x2 <= 1)) {
    return {
      ok: false,
      message: `The first and third number of cubic-bezier are times and lie between 0 and 1; here are ${x1} and ${x2}.`,
    };
  }
  return { ok: true, easing: bezier(x1, y1, x2, y2) };
}

/**
 * How far the change has come.
 * @param progress time in [0, 1]
 * @returns 0 at the start, 1 at the end; a bezier with y outside [0, 1] goes below or beyond in between
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

/** One coordinate of the cubic with ends 0 and 1 and handles p1, p2. */
function curve(p1: number, p2: number, s: number): number {
  const r = 1 - s;
  return 3 * r * r * s * p1 + 3 * r * s * s * p2 + s * s * s;
}

/** The parameter at which x is reached: x(s) never falls where x₁, x₂ lie in [0, 1], so halving always finds it. */
function parameterAt(x1: number, x2: number, x: number): number {
  let low = 0;
  let high = 1;
  // 52 halvings reach the spacing of doubles near 1.
  for (let i = 0; i < 52; i++) {
    const middle = (low + high) / 2;
    if (curve(x1, x2, middle) < x) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

import * as l10n from '@vscode/l10n';
import type { Timeline, TimelineLane } from '../../protocol/timeline.ts';

/** A row of the timeline. Lengths are CSS pixels. */
export interface Lane {
  readonly kind: 'ruler' | 'frames' | 'source' | 'keys' | 'problems' | 'prompts' | 'negative' | 'value' | 'windows';
  readonly id: string;
  readonly label: string;
  readonly top: number;
  readonly height: number;
  /** Of a `value` lane. */
  readonly value: TimelineLane | null;
}

export interface LaneLayout {
  readonly lanes: readonly Lane[];
  readonly height: number;
  /** Lanes that are folded away. */
  readonly hidden: number;
}

export interface LaneOptions {
  /** Only the film and the prompts. */
  readonly folded: boolean;
  /** Labels are above their lane instead of beside it. */
  readonly stacked: boolean;
  readonly windowRows: number;
  /** Whether frames have source frames; default: false. */
  readonly hasSources?: boolean;
}

const GAP = 4;
const STACKED_LABEL = 16;

/** Lanes that are there when the others are folded. */
const ALWAYS: readonly Lane['kind'][] = ['ruler', 'frames', 'keys', 'prompts', 'problems'];

export function layOutLanes(timeline: Timeline, options: LaneOptions): LaneLayout {
  const all = wantedLanes(timeline, options);
  const shown = options.folded ? all.filter(({ kind }) => ALWAYS.includes(kind)) : all;
  let top = 0;
  const lanes = shown.map((lane): Lane => {
    const heading = options.stacked && lane.kind !== 'ruler' && lane.kind !== 'frames' ? STACKED_LABEL : 0;
    const placed = { ...lane, top: top + heading };
    top = placed.top + placed.height + GAP;
    return placed;
  });
  return { lanes, height: top, hidden: all.length - shown.length };
}

function wantedLanes(
  timeline: Timeline,
  { windowRows, hasSources = false }: LaneOptions,
): readonly Omit<Lane, 'top'>[] {
  const lane = (kind: Lane['kind'], label: string, height: number, value: TimelineLane | null = null) => ({
    kind,
    id: value === null ? kind : `${kind} ${value.kind} ${value.name}`,
    label,
    height,
    value,
  });
  return [
    lane('ruler', l10n.t('Time'), 22),
    lane('frames', l10n.t('Frames'), 44),
    ...(hasSources ? [lane('source', l10n.t('Source'), 34)] : []),
    lane('keys', l10n.t('Keyframes'), 26),
    ...(timeline.problems.length > 0 ? [lane('problems', l10n.t('Problems'), 18)] : []),
    ...(timeline.mix !== null ? [lane('prompts', l10n.t('Prompts'), 52)] : []),
    ...(timeline.keys.some(({ negative }) => negative !== '') ? [lane('negative', l10n.t('Negative'), 22)] : []),
    // A number that does not change is in the inspector.
    ...timeline.lanes
      .filter(({ kind, values }) => kind !== 'number' || values.length > 1)
      .map((value) => lane('value', value.name, value.values.length > 1 ? 34 : 18, value)),
    ...(windowRows > 0 ? [lane('windows', l10n.t('Windows'), windowRows * 9 + 2)] : []),
  ];
}

/** The value of a lane at a frame. */
export function valueAt({ values }: TimelineLane, frame: number): number {
  return values[Math.min(frame, values.length - 1)] ?? 0;
}

/** What the height of a lane shows. Weights are compared with zero, other numbers among themselves. */
export function valueRange({ kind, values }: TimelineLane): { readonly low: number; readonly high: number } {
  let low = kind === 'number' ? (values[0] ?? 0) : 0;
  let high = low;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low === high ? { low, high: low + 1 } : { low, high };
}

/** `7.5`, `0.833`: as few digits as say it. */
export const numberText = (value: number) => `${Number(value.toFixed(3))}`;

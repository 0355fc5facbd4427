import type { EffectiveSettings } from '../clip/effective-settings.ts';
import type { TextEdit } from '../format/format.ts';
import type { TextSpan } from '../problem.ts';
import { positionMaps } from '../settings/entries.ts';
import { type ClipTime, frameOf, parseHold } from '../time/position.ts';
import { type Refusal, refused } from './outcome.ts';

/** A number at a position of a setting, such as `16: 9` in `cfg_scale: {0: 7, 16: 9}`. */
export interface NumberPoint {
  /** In the order of the text. */
  readonly index: number;
  readonly from: string;
  readonly through: string | null;
  readonly frame: number;
  /** Last frame of its hold; null without a hold. */
  readonly holdEnd: number | null;
  readonly key: TextSpan;
  readonly value: TextSpan;
}

/** A setting of this file whose number changes over time. */
export interface TravellingSetting {
  /** As in `SettingSpan`s: `cfg_scale`, `controlnet.0.weight`. */
  readonly path: string;
  /** In the order of the clip, each at a frame of its own. */
  readonly points: readonly NumberPoint[];
  /** Whether the text has them in the same order. */
  readonly inOrder: boolean;
}

export interface TravellingSettings {
  readonly kind: 'settings';
  readonly own: readonly TravellingSetting[];
  /** What stays as it is, one sentence for each setting of an extended file. */
  readonly left: readonly string[];
}

const HOLD = /^(.+?)(?:(?<=[\d%s])-(.+))?$/;

export interface NumberEdits {
  readonly kind: 'numbers';
  readonly edits: readonly TextEdit[];
  /** As in `TravellingSettings`. */
  readonly left: readonly string[];
}

/** The edits of all numbers that travel by keyframe. @param edit of one setting */
export function editNumbers(
  effective: EffectiveSettings,
  time: ClipTime,
  edit: (setting: TravellingSetting) => { readonly edits: readonly TextEdit[] } | Refusal,
): NumberEdits | Refusal {
  const travelling = travellingSettings(effective, time);
  if (travelling.kind === 'refused') return travelling;
  const edits: TextEdit[] = [];
  for (const setting of travelling.own) {
    const edited = edit(setting);
    if ('kind' in edited) return edited;
    for (const own of edited.edits) edits.push(own);
  }
  return { kind: 'numbers', edits, left: travelling.left };
}

/** The numbers that travel by keyframe, or why their positions cannot be changed. */
function travellingSettings(
  { settings, spans, inherited }: EffectiveSettings,
  time: ClipTime,
): TravellingSettings | Refusal {
  const own: TravellingSetting[] = [];
  const left: string[] = [];
  for (const { path, values } of positionMaps(settings)) {
    if (!Object.values(values).every((value) => typeof value === 'number')) continue;
    const file = inherited.get(path.split('.')[0]!);
    if (file !== undefined) left.push(`\`${path}\` keeps its positions, because “${file}” sets them.`);
    if (!spans.has(path)) continue;
    if (settings.dialect === 'webui' && settings.context > time.frames) {
      return refused(
        `\`${path}\` changes over more frames than \`frames\`, because the context is longer; set it first.`,
      );
    }
    const points = pointsOf(path, Object.keys(values), spans, time);
    const same = points.find(({ frame }, i) => frame === points[i - 1]?.frame);
    if (same) return refused(`\`${path}\` has two values at frame ${same.frame}; remove one of them first.`);
    const inOrder = points.every(({ index }, i) => index === i);
    own.push({ path, points, inOrder });
  }
  return { kind: 'settings', own, left };
}

function pointsOf(
  path: string,
  keys: readonly string[],
  spans: EffectiveSettings['spans'],
  time: ClipTime,
): NumberPoint[] {
  return keys
    .map((key) => ({ key, span: spans.get(`${path}.${key}`)! }))
    .sort((a, b) => a.span.key.start - b.span.key.start)
    .map(({ key, span }, index) => {
      const hold = parseHold(key)!;
      const [, from = '', through = null] = HOLD.exec(key)!;
      const frame = Math.max(0, frameOf(hold.from, time));
      const holdEnd = hold.through && Math.max(frame, frameOf(hold.through, time));
      return { index, from, through, frame, holdEnd, key: span.key, value: span.value };
    })
    .sort((a, b) => a.frame - b.frame);
}

/** The edit that writes the position of a number differently, in the quotes that it has. */
export function pointEdits({ key }: NumberPoint, from: string, through: string | null, text: string): TextEdit[] {
  const written = text.slice(key.start, key.end);
  const [quote] = /^["']?/.exec(written)!;
  const position = quote + from + (through === null ? '' : `-${through}`) + quote;
  return position === written ? [] : [{ span: key, text: position }];
}

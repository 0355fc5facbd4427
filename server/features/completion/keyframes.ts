import { CompletionItemKind } from 'vscode-languageserver';
import { readSettings } from '../../../grammar/settings/read.ts';
import { resolveSettings } from '../../../grammar/settings/resolve.ts';
import { frameOf, parsePosition } from '../../../grammar/time/position.ts';
import { NAMED_EASINGS } from '../../../plan/easing.ts';
import { seconds } from '../seconds.ts';
import { frontMatterSpan } from './cursor.ts';
import type { Suggestion } from './suggestion.ts';

/** How many lines above the cursor are searched for a keyframe. */
const LINES_BACK = 200;

const KEY =
  /^[ \t]*(-?\d+(?:\.\d+)?(?:%|ms|s)?)(?:-(-?\d+(?:\.\d+)?(?:%|ms|s)?))?(?:[ \t]+[a-z][\w-]*(?:\([^)\n]*\))?)?[ \t]*:/;

/**
 * Suggests positions for the next keyframe: the first frame, or half a context, one second and one context after the
 * keyframe above; the middle and the last frame of the clip. None is past the end.
 */
export function keyframePositions(text: string, offset: number): Suggestion[] {
  const matter = frontMatterSpan(text);
  const { settings } = readSettings(matter ? text.slice(matter.start, matter.end) : '', 0);
  const { frames, fps, context } = resolveSettings([settings]);
  const previous = keyAbove(text.slice(matter?.end ?? 0, offset), { frames, fps });
  const last = frames - 1;
  const wanted: [number, string][] =
    previous === null
      ? [[0, 'the first frame']]
      : [
          [previous + Math.max(1, context >> 1), 'half a context after the keyframe above'],
          [previous + Math.max(1, Math.round(fps)), 'one second after the keyframe above'],
          [previous + context, 'one context after the keyframe above'],
        ];
  wanted.push([Math.round(last / 2), 'the middle of the clip'], [last, 'the last frame']);
  const seen = new Set<number>();
  return wanted.flatMap(([frame, why]) => {
    if (seen.has(frame) || frame > last || (previous !== null && frame <= previous)) return [];
    seen.add(frame);
    const detail = `${seconds(frame / fps)} s, ${why}`;
    return [{ label: `${frame}`, kind: CompletionItemKind.Value, detail, text: `${frame}: ` }];
  });
}

function keyAbove(body: string, time: { frames: number; fps: number }): number | null {
  let end = body.length;
  for (let i = 0; i < LINES_BACK && end > 0; i++) {
    const start = body.lastIndexOf('\n', end - 1) + 1;
    const key = KEY.exec(body.slice(start, end));
    const position = key && parsePosition(key[2] ?? key[1]!);
    if (position) return frameOf(position, time);
    end = start - 1;
  }
  return null;
}

export const TRANSITIONS: readonly Suggestion[] = [
  ...[...NAMED_EASINGS.keys()].map((name) => ({ label: name, kind: CompletionItemKind.EnumMember })),
  {
    label: 'cubic-bezier',
    kind: CompletionItemKind.Function,
    detail: 'cubic-bezier(x1, y1, x2, y2), as in CSS',
    text: 'cubic-bezier(0.25, 0.1, 0.25, 1)',
  },
];

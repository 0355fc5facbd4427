import type { ClipContext } from '../../grammar/clip/context.ts';
import { imageSize } from '../../grammar/clip/models.ts';
import { clipSteps } from '../../grammar/clip/sampling.ts';
import type { Severity } from '../../grammar/problem.ts';
import { interpolatedLength } from '../../grammar/time/interpolation.ts';
import type { Timeline, TimelineKey, TimelineMix, TimelineProblem } from '../../protocol/timeline.ts';
import type { Analysis } from '../documents/analysis.ts';
import { keyframeAt } from '../documents/lookup.ts';
import { lanesOf } from './timeline-lanes.ts';

/** The most characters of a prompt that a keyframe of the timeline shows. */
const LONGEST_TEXT = 120;

/** More problems than anybody reads on a lane. */
const MOST_PROBLEMS = 1000;

/** A longer clip is drawn without curves: a number for each frame would take longer than a person waits. */
const MOST_FRAMES = 200_000;

/** What the preview draws of a document, also if it has errors: what is wrong counts as its default or is left out. */
export function timelineOf(analysis: Analysis): Timeline {
  const { settings, models, frames, prompts } = analysis.clip.context;
  const [width, height] = imageSize(settings, models.nativeSize);
  const keys = keysOf(analysis);
  const interpolated = interpolatedLength(settings);
  return {
    frames,
    fps: interpolated === null ? settings.fps : settings.fps / (interpolated.count + 1),
    ...(interpolated && { written: { frames: interpolated.after, fps: settings.fps } }),
    width,
    height,
    steps: clipSteps(settings),
    settingSteps: settings.steps,
    keys,
    mix: mixOf(analysis.clip.context, keys),
    lanes: lanesOf(analysis.clip.context, () => (frames > MOST_FRAMES ? [] : prompts.mixes())),
    problems: problemsOf(analysis),
  };
}

function keysOf(analysis: Analysis): TimelineKey[] {
  const { settings } = analysis.effective;
  return analysis.placed.map(({ keyframe, index, frame, holdEnd }) => ({
    line: analysis.positionAt(keyframe.position.span.start).line,
    index,
    frame,
    holdEnd: Math.min(holdEnd, settings.frames - 1),
    transition: keyframe.transition?.text ?? settings.transition,
    text: shortened(keyframe.prompt.text),
    negative: shortened(keyframe.negative?.prompt.text ?? ''),
  }));
}

function shortened(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  // Not between the halves of a character.
  return `${text.slice(0, LONGEST_TEXT).replace(/[\ud800-\udbff]$/, '')}…`;
}

/**
 * In the webui dialect, the keyframes that are mixed are those that sd-webui-animatediff finds. Without a line for each
 * of them, there is no mix.
 */
function mixOf({ settings, prompts }: ClipContext, keys: readonly TimelineKey[]): TimelineMix | null {
  const { closed, keyFrames } = prompts;
  if (keyFrames.length === 0) return null;
  if (settings.dialect === 'travel') return { closed, plain: null };
  const keyAt = new Map(keys.map(({ frame }, index) => [frame, index]));
  const plain = keyFrames.flatMap((frame) => keyAt.get(frame) ?? []);
  return plain.length < keyFrames.length ? null : { closed, plain };
}

function problemsOf(analysis: Analysis): TimelineProblem[] {
  const shown = analysis.problems.flatMap(({ severity, span, message }) =>
    severity === 'hint' ? [] : [{ severity, span, message }],
  );
  // The sort is stable: within a severity, they stay in the order of the file.
  const worst = shown.sort((a, b) => RANK[a.severity] - RANK[b.severity]).slice(0, MOST_PROBLEMS);
  return worst.map(({ severity, span, message }) => ({
    severity,
    line: analysis.positionAt(span.start).line,
    frame: frameAt(analysis, span.start),
    message,
  }));
}

const RANK: Readonly<Record<Exclude<Severity, 'hint'>, number>> = { error: 0, warning: 1, information: 2 };

/** The frame of the keyframe around an offset; null if there is none inside the clip. */
function frameAt(analysis: Analysis, offset: number): number | null {
  const frame = keyframeAt(analysis, offset)?.frame ?? null;
  return frame !== null && frame >= 0 && frame < analysis.clip.frames ? frame : null;
}

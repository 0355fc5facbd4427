import type { EffectiveSettings } from '../clip/effective-settings.ts';
import { type TimedKeyframe, timeKeyframes } from '../clip/timeline.ts';
import type { SettingIssue } from '../settings/issues.ts';
import type { Settings } from '../settings/schema.ts';
import { wholeSetting } from '../settings/setting-name.ts';
import type { Keyframe, TravelDocument } from '../syntax/document.ts';
import { conflictMarkers } from '../syntax/merge-conflicts.ts';
import type { ClipTime } from '../time/position.ts';
import { bodyLines } from '../webui/body-lines.ts';
import { type Refusal, refused } from './outcome.ts';

/** A keyframe inside the clip. */
export interface EditableKey {
  readonly keyframe: Keyframe;
  /** In the order of the text. */
  readonly index: number;
  readonly frame: number;
  /** Last frame of the hold, at least `frame`; null without a hold. */
  readonly holdEnd: number | null;
}

/** A document whose keyframes can be edited: each is at a frame of its own, inside the clip. */
export interface EditableClip {
  readonly document: TravelDocument;
  readonly effective: EffectiveSettings;
  readonly time: ClipTime;
  /** In the order of the text. */
  readonly keys: readonly EditableKey[];
  /** The same keyframes in the order of the clip. */
  readonly byFrame: readonly EditableKey[];
  /** Whether both orders are the same. */
  readonly inOrder: boolean;
}

/** The last frame with the keyframe's own prompt. */
export const endOf = ({ frame, holdEnd }: Pick<EditableKey, 'frame' | 'holdEnd'>) => holdEnd ?? frame;

/** The keyframes of a document, or why they cannot be edited without doing damage. */
export function editableClip(document: TravelDocument, effective: EffectiveSettings): EditableClip | Refusal {
  const { settings } = effective;
  const timed = timeKeyframes(document, settings);
  const reason = damageOf(document, effective) ?? misplacedKey(timed, document, settings);
  if (reason !== null) return refused(reason);
  const keys = timed.flatMap(({ keyframe, frame, holdEnd }, index) =>
    frame === null ? [] : [{ keyframe, index, frame, holdEnd }],
  );
  const byFrame = [...keys].sort((a, b) => a.frame - b.frame);
  return {
    document,
    effective,
    time: { frames: settings.frames, fps: settings.fps },
    keys,
    byFrame,
    inOrder: byFrame.every(({ index }, i) => index === i),
  };
}

/** A hold that is not as it will be rendered, in words; null if all are. */
export function brokenHold({ byFrame, time }: EditableClip): string | null {
  for (const [i, key] of byFrame.entries()) {
    const { frame, holdEnd } = key;
    if (holdEnd === null) continue;
    const where = `The hold of the keyframe at frame ${frame}`;
    if (holdEnd < frame) return `${where} ends before it starts; correct it first.`;
    if (holdEnd >= time.frames) return `${where} ends after the last frame; shorten it first.`;
    const next = byFrame[i + 1];
    if (next && holdEnd >= next.frame)
      return `${where} overlaps the keyframe at frame ${next.frame}; shorten it first.`;
  }
  return null;
}

/** Settings that decide where keyframes are and what is between them. */
const RELEVANT: ReadonlySet<string> = new Set([
  'frames',
  'fps',
  'transition',
  'dialect',
  'closed_loop',
  'context',
  'cfg_scale',
  'denoising_strength',
  'motion_scale',
  'controlnet',
]);

function damageOf(document: TravelDocument, { issues, spans, inherited }: EffectiveSettings): string | null {
  const { text, frontMatter, keyframes, tail } = document;
  if (conflictMarkers(text).length > 0) return 'The file has merge conflict markers; resolve the conflict first.';
  if (frontMatter?.closed === false) return 'The settings block is never closed; add a line with `---` after it first.';
  const issue = issues.find(isRelevant);
  if (issue) return wordsOf(issue);
  if (spans.has('extends') && !spans.has('frames') && inherited.size === 0) {
    return 'The file that this one extends is not read here, so the length of the clip is unknown; set `frames` first.';
  }
  const last = keyframes.at(-1);
  if (last && tail.some(({ line }) => line.start < last.span.start)) {
    return 'Text is between the keyframes; move it after the last keyframe first.';
  }
  return null;
}

function isRelevant(issue: SettingIssue): boolean {
  if (issue.kind === 'front-matter-syntax') return !(issue.reason === 'backslash' && issue.isReadable);
  if (issue.kind === 'merge-conflict' || issue.kind === 'extends') return true;
  return issue.kind !== 'unknown-setting' && 'name' in issue && RELEVANT.has(wholeSetting(issue.name));
}

function wordsOf(issue: SettingIssue): string {
  if (issue.file !== undefined) return `The extended file “${issue.file}” has errors; correct them first.`;
  if (issue.kind === 'extends') return 'The file that this one extends cannot be read; correct `extends` first.';
  if (issue.kind === 'duplicate-setting') return `\`${issue.name}\` is set twice; remove one of the two first.`;
  return 'name' in issue
    ? `\`${issue.name}\` has no valid value; correct it first.`
    : 'The settings have errors; correct them first.';
}

function misplacedKey(timed: readonly TimedKeyframe[], document: TravelDocument, settings: Settings): string | null {
  if (settings.dialect === 'webui' && !isWebui(document)) {
    return 'The webui dialect does not read all of these keyframes; correct the reported problems first.';
  }
  const taken = new Set<number>();
  for (const { keyframe, frame, holdEnd } of timed) {
    const { position, hold } = keyframe;
    if (frame === null) return `“${position.text}” is not a valid position; correct it first.`;
    if (hold && holdEnd === null) return `“${hold.text}” is not a valid position; correct it first.`;
    if (frame < 0 || frame >= settings.frames) return `Frame ${frame} is outside the clip; move that keyframe first.`;
    if (taken.has(frame)) return `Frame ${frame} has two keyframes; remove one of them first.`;
    taken.add(frame);
  }
  return null;
}

/** Whether both dialects read the same keyframes, whose positions are frames. */
function isWebui(document: TravelDocument): boolean {
  const { keyframes } = document;
  const keys = bodyLines(document).filter(({ part }) => part === 'key');
  return (
    keys.length === keyframes.length &&
    keyframes.every(({ position, hold, transition }, i) => {
      const isPlain = /^\d+$/.test(position.text) && !hold && !transition;
      return isPlain && keys[i]!.offset === position.span.start;
    })
  );
}

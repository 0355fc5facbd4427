import type { AssembledPrompts } from '../../grammar/clip/assemble-keyframes.ts';
import type { PlacedKeyframe, TimedKeyframe } from '../../grammar/clip/timeline.ts';
import { largest } from '../../plan/extremes.ts';
import { windowPositions } from '../../plan/windows.ts';
import { CHUNK_TOKENS } from '../../prompt/chunks.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import { negativePromptMeaning, type PromptPart, promptMeaning } from '../../prompt/meaning.ts';
import type { Analysis } from '../documents/analysis.ts';
import { keyframesAround } from '../documents/lookup.ts';
import { seconds } from './seconds.ts';

/** The most windows that a hover lists; a long clip with strides has hundreds. */
const MOST_WINDOWS = 6;

/** A keyframe's frame as Markdown: its prompts as they are encoded, tokens, neighbors and context windows. */
export function describeFrame(analysis: Analysis, timed: TimedKeyframe, tokenizer: ClipTokenizer | null): string {
  const { settings } = analysis.effective;
  const { frame } = timed;
  if (frame === null) return `\`${timed.keyframe.position.text}\` is not a valid position.`;
  const place = `**Frame ${frame}** of ${settings.frames} (0 to ${settings.frames - 1}), ${seconds(frame / settings.fps)} s`;
  if (frame < 0 || frame >= settings.frames)
    return `${place}\n\nThis frame is outside the clip, so the keyframe is ignored.`;
  const prompts = analysis.clip.promptsAt(frame);
  return [
    place,
    ...(prompts ? promptLines(prompts, settings.steps, tokenizer) : []),
    neighbors(analysis, timed, frame),
    ...windowLines(analysis, frame),
  ].join('\n\n');
}

function promptLines(prompts: AssembledPrompts, steps: number, tokenizer: ClipTokenizer | null): string[] {
  const { positive, negative } = prompts;
  const loras = [...prompts.loras.values()].map(({ name, unet }) => `${name} ${unet}`);
  const options = tokenizer && { tokenizer, steps };
  return [
    fenced(positive),
    ...(options ? [tokenLine('Tokens', promptMeaning(positive, options))] : []),
    ...(negative ? ['Negative:', fenced(negative)] : []),
    ...(negative && options ? [tokenLine('Negative tokens', [negativePromptMeaning(negative, options)])] : []),
    ...(loras.length > 0 ? [`LoRAs: ${loras.join(', ')}`] : []),
  ];
}

/** `Tokens: 75 + 12 (chunks of 75)`; prompts that are combined with `AND` one after another. */
function tokenLine(title: string, parts: readonly PromptPart[]): string {
  const counts = parts.map(
    ({ variants }) => variants[0]?.chunks.map(({ tokenCount }) => tokenCount).join(' + ') ?? '0',
  );
  return `${title}: ${counts.join(' AND ')} (chunks of ${CHUNK_TOKENS})`;
}

function neighbors(analysis: Analysis, { keyframe, holdEnd }: TimedKeyframe, frame: number): string {
  const { settings } = analysis.effective;
  const { before, after } = keyframesAround(analysis, frame);
  const transition = keyframe.transition?.text ?? settings.transition;
  return [
    before === undefined ? 'First keyframe.' : arrival(before, frame, transition),
    ...(holdEnd !== null && holdEnd > frame ? [`Holds through frame ${holdEnd}.`] : []),
    after === undefined ? 'Last keyframe.' : `Next keyframe: frame ${after.frame}.`,
  ].join(' ');
}

/** A transition starts where the hold before it ends. */
function arrival({ holdEnd }: PlacedKeyframe, frame: number, transition: string): string {
  return holdEnd < frame
    ? `Transition from frame ${holdEnd}: \`${transition}\`.`
    : 'No transition: the hold before it lasts until this frame.';
}

/** The windows of the first step; some settings move them from step to step. */
function windowLines(analysis: Analysis, frame: number): string[] {
  const { clip } = analysis;
  const windows = clip.windows(0);
  if (!windows) return [];
  const covering = windows.flatMap((window) => {
    const positions = windowPositions(window, clip.frames);
    if (!positions.includes(frame)) return [];
    return [`${positions[0]} to ${positions.at(-1)}${window.stride > 1 ? ` by ${window.stride}` : ''}`];
  });
  const more = covering.length - MOST_WINDOWS;
  const shown = covering.slice(0, MOST_WINDOWS).join(', ');
  return [`Context windows in the first step: ${shown}${more > 0 ? ` and ${more} more` : ''}.`];
}

/** As a code block, so that brackets and asterisks in a prompt are not read as Markdown. */
export function fenced(text: string): string {
  const longest = Math.max(2, largest(Array.from(text.matchAll(/`+/g), ([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

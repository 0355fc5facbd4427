import type { AssembledPrompts } from '../../grammar/clip/assemble-keyframes.ts';
import type { TimedKeyframe } from '../../grammar/clip/timeline.ts';
import { windowPositions } from '../../plan/windows.ts';
import { CHUNK_TOKENS } from '../../prompt/chunks.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import { negativePromptMeaning, type PromptPart, promptMeaning } from '../../prompt/meaning.ts';
import type { Analysis } from '../documents/analysis.ts';
import { framesAround, seconds } from './inlay-hints.ts';

/** Windows that a hover lists; a long clip with strides has hundreds. */
const MOST_WINDOWS = 6;

/** Everything about a keyframe's frame: its prompt as it will be encoded, its neighbours, tokens and windows. Markdown. */
export function describeFrame(analysis: Analysis, timed: TimedKeyframe, tokenizer: ClipTokenizer | null): string {
  const { settings } = analysis.effective;
  const { frame } = timed;
  if (frame === null) return `\`${timed.keyframe.position.text}\` is no position.`;
  const place = `**Frame ${frame}** of ${settings.frames} (0 to ${settings.frames - 1}), ${seconds(frame / settings.fps)} s`;
  if (frame < 0 || frame >= settings.frames)
    return `${place}\n\nThis is outside the clip, so the keyframe is not used.`;
  const prompts = analysis.clip.promptsAt(frame);
  return [
    place,
    ...(prompts ? promptLines(prompts, settings.steps, tokenizer) : []),
    neighbours(analysis, timed, frame),
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

/** `Tokens: 75 + 12 (chunks of 75)`; parts that `AND` separates one after another. */
function tokenLine(title: string, parts: readonly PromptPart[]): string {
  const counts = parts.map(
    ({ variants }) => variants[0]?.chunks.map(({ tokenCount }) => tokenCount).join(' + ') ?? '0',
  );
  return `${title}: ${counts.join(' AND ')} (chunks of ${CHUNK_TOKENS})`;
}

function neighbours(analysis: Analysis, { keyframe, holdEnd }: TimedKeyframe, frame: number): string {
  const { settings } = analysis.effective;
  const { before, after } = framesAround(analysis, frame);
  const transition = keyframe.transition?.text ?? settings.transition;
  return [
    before === undefined ? 'The first keyframe.' : `Arrives from frame ${before} by \`${transition}\`.`,
    ...(holdEnd !== null && holdEnd > frame ? [`Holds through frame ${holdEnd}.`] : []),
    after === undefined ? 'The last keyframe.' : `The next keyframe is at frame ${after}.`,
  ].join(' ');
}

/** The first step's windows; they shift from step to step with some settings. */
function windowLines(analysis: Analysis, frame: number): string[] {
  const { clip } = analysis;
  const windows = clip.firstWindows();
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

/** As code, so that brackets and asterisks of a prompt are no Markdown. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

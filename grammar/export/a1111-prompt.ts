import { assemblePrompt, joinLines, joinPlainLines } from '../clip/assemble.ts';
import { Expander, findCycle } from '../clip/definitions.ts';
import { placeKeyframes, timeKeyframes } from '../clip/timeline.ts';
import type { Settings } from '../settings/schema.ts';
import type { TravelDocument } from '../syntax/document.ts';

export interface A1111Prompt {
  /** For AUTOMATIC1111's prompt box with sd-webui-animatediff. */
  readonly prompt: string;
  /** Features that the prompt box does not support, one sentence each. */
  readonly lost: readonly string[];
}

/**
 * Converts a file to prompt travel of sd-webui-animatediff: the head, a line `frame: prompt` for each keyframe, the tail.
 * Definitions are expanded, positions become frames, and a hold becomes a second keyframe at its end. Wildcards and
 * choices stay unchanged, because A1111's extensions read them too.
 *
 * @param settings of the file, including inherited ones
 * @throws {RangeError} if definitions expand to more than a million characters
 */
export function a1111Prompt(document: TravelDocument, settings: Settings): A1111Prompt {
  const definitions = new Map(Object.entries(settings.define));
  const cycle = findCycle(definitions);
  const expander = new Expander(cycle ? new Map() : definitions, (text) => text);
  const textOf = (lines: TravelDocument['head']) => lines.map(({ prompt }) => expander.expand(prompt.text));
  const lost = cycle ? [`$${cycle[0]} is not expanded, because its definition is cyclic.`] : [];
  if (document.keyframes.length === 0) return { prompt: joinPlainLines(textOf(document.head)), lost };

  const placed = placeKeyframes(timeKeyframes(document, settings), settings);
  const left = document.keyframes.length - placed.length;
  if (left > 0)
    lost.push(
      `${left} of ${document.keyframes.length} keyframes are dropped: they are duplicates or outside the clip.`,
    );
  if (placed.some(({ transition }) => transition.kind !== 'linear')) lost.push('Transitions are linear there.');
  if (placed.some(({ keyframe }) => keyframe.negative))
    lost.push('--neg is dropped: one negative prompt applies to all frames there.');

  const keys = placed.flatMap(({ keyframe, frame, holdEnd }) => {
    const prompt = assemblePrompt('', expander.expand(keyframe.prompt.text), '');
    return [...new Set([frame, Math.min(holdEnd, settings.frames - 1)])].map((at) => `${at}: ${prompt}`);
  });
  const parts = [joinLines(textOf(document.head)), keys.join('\n'), joinLines(textOf(document.tail))];
  return { prompt: parts.filter(Boolean).join('\n'), lost };
}

import { scheduleSteps } from '../../prompt/step-schedule.ts';
import { assemblePrompt, joinLines, joinPlainLines } from '../clip/assemble.ts';
import { Expander, findCycle } from '../clip/definitions.ts';
import { placeKeyframes, timeKeyframes } from '../clip/timeline.ts';
import { Settings } from '../settings/schema.ts';
import type { TravelDocument } from '../syntax/document.ts';

export interface A1111Prompt {
  /** For AUTOMATIC1111's prompt box with sd-webui-animatediff. */
  readonly prompt: string;
  /** For the box of the negative prompt. */
  readonly negative: string;
  /** What `prompt` does not contain, and what has another effect there, one sentence each. */
  readonly lost: readonly string[];
}

/**
 * Converts a file to prompt travel of sd-webui-animatediff: the head, a line `frame: prompt` for each keyframe, the
 * tail. Definitions are expanded, positions become frames, and a hold becomes a second keyframe at its end. Wildcards
 * and choices stay unchanged, because A1111's extensions read them too.
 *
 * @param settings of the file, including inherited ones
 * @throws {RangeError} if definitions expand to more than a million characters
 */
export function a1111Prompt(document: TravelDocument, settings: Settings): A1111Prompt {
  const definitions = new Map(Object.entries(settings.define));
  const cycle = findCycle(definitions);
  const expander = new Expander(cycle ? new Map() : definitions, (text) => text);
  const textOf = (lines: TravelDocument['head']) => lines.map(({ prompt }) => expander.expand(prompt.text));
  const negative = expander.expand(settings.negative_prompt).trim();
  const lost = cycle ? [`$${cycle[0]} is not expanded, because its definition is cyclic.`] : [];
  const others = otherSettings(settings);
  const lostEverywhere = [
    ...(negative === '' ? [] : ['The negative prompt has its own box: use “Copy Negative Prompt”.']),
    ...(others.length === 0 ? [] : [`These settings are not part of a prompt: ${others.join(', ')}.`]),
  ];
  if (document.keyframes.length === 0)
    return { prompt: asText(joinPlainLines(textOf(document.head))), negative, lost: [...lost, ...lostEverywhere] };

  const around = [...textOf(document.head), ...textOf(document.tail)];
  const placed = placeKeyframes(timeKeyframes(document, settings), settings);
  const left = document.keyframes.length - placed.length;
  if (left > 0)
    lost.push(
      `${left} of ${document.keyframes.length} keyframes are dropped: they are duplicates or outside the clip.`,
    );
  if (placed.some(({ transition }) => transition.kind !== 'linear')) lost.push('Transitions are linear there.');
  if (placed.some(({ keyframe }) => keyframe.negative))
    lost.push('--neg is dropped: one negative prompt applies to all frames there.');
  if (placed.slice(1).some(({ keyframe }) => keyframe.prompt.parts.some(({ kind }) => kind === 'Network')))
    lost.push('LoRA tags in keyframes after the first one have no effect there.');
  if (
    placed.some(({ keyframe }) => isEdited(expander.expand(keyframe.prompt.text), settings)) ||
    around.some((text) => isEdited(text, settings))
  )
    lost.push('Prompt editing, such as [a:b:0.5], keeps its first prompt there.');
  lost.push(...lostEverywhere);

  const keys = placed.flatMap(({ keyframe, frame, holdEnd }, i) => {
    const prompt = assemblePrompt('', expander.expand(keyframe.prompt.text), '');
    // In sd-webui-animatediff, frames before the first key have an empty prompt.
    const start = i === 0 && settings.closed_loop !== 'A' ? 0 : frame;
    return [...new Set([start, frame, Math.min(holdEnd, settings.frames - 1)])].map((at) => `${at}: ${prompt}`);
  });
  const parts = [asText(joinLines(textOf(document.head))), keys.join('\n'), asText(joinLines(textOf(document.tail)))];
  return { prompt: parts.filter(Boolean).join('\n'), negative, lost };
}

/** A backslash, which A1111 drops, keeps a line such as `12:30 at night` from being a key there. */
const asText = (line: string) => (/^\p{Nd}+:/u.test(line) ? `\\${line}` : line);

/** Settings whose effect the prompt has, or that have no effect outside this program. */
const IN_PROMPT: ReadonlySet<string> = new Set(['define', 'negative_prompt', 'transition', 'dialect', 'extends']);

/** The settings that are not part of a prompt and differ from their defaults. */
function otherSettings(settings: Settings): string[] {
  const defaults = new Map(Object.entries(Settings.parse({})));
  return Object.entries(settings).flatMap(([key, value]) =>
    IN_PROMPT.has(key) || JSON.stringify(value) === JSON.stringify(defaults.get(key)) ? [] : [key],
  );
}

/** sd-webui-animatediff uses the prompts of the first sampling step in all steps. */
const isEdited = (prompt: string, { steps }: Settings): boolean => scheduleSteps(prompt, { steps }).length > 1;

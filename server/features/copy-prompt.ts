import { changedSettings } from '../../exchange/changed.ts';
import { exportTravel } from '../../exchange/export.ts';
import type { A1111PromptAnswer } from '../../protocol/language-server.ts';
import type { Analysis } from '../documents/analysis.ts';

/**
 * A file for AUTOMATIC1111's two prompt boxes, and what these cannot hold.
 *
 * @throws {RangeError} if definitions expand to more than a million characters
 */
export function a1111PromptOf({ document, effective }: Pick<Analysis, 'document' | 'effective'>): A1111PromptAnswer {
  const { parts, lost } = exportTravel(document, effective, 'a1111-prompt');
  const negative = String(parts.negative);
  const others = changedSettings(effective.settings).filter((key) => !IN_PROMPT.has(key));
  return {
    prompt: String(parts.text),
    negative,
    lost: [
      ...lost.map(({ message }) => message),
      ...(negative === '' ? [] : ['The negative prompt has its own box: use “Copy Negative Prompt”.']),
      ...(others.length === 0 ? [] : [`These settings are not part of a prompt: ${others.join(', ')}.`]),
    ],
  };
}

/** Settings whose effect the prompt has, or that have no effect outside this program. */
const IN_PROMPT: ReadonlySet<string> = new Set(['define', 'negative_prompt', 'transition', 'dialect', 'extends']);

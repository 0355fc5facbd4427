import type { TravelDocument } from '../document.ts';
import type { Settings } from '../settings/schema.ts';
import { assemblePrompt, joinLines, joinPlainLines } from './assemble.ts';
import type { Expander } from './definitions.ts';
import { sumLoras, takeLoras } from './loras.ts';
import type { AssembledPrompts } from './prompts.ts';
import type { PlacedKeyframe } from './timeline.ts';

/**
 * The prompts of every placed keyframe, or the one prompt of a file without keyframes.
 * @throws {RangeError} when definitions or wildcards grow beyond all bounds
 */
export function assembleKeyframes(
  { head, tail }: TravelDocument,
  placed: readonly PlacedKeyframe[],
  settings: Settings,
  expander: Expander,
): AssembledPrompts[] {
  // In order of appearance, because wildcards are rolled in it.
  const take = ({ text }: { readonly text: string }) => takeLoras(expander.expand(text));
  const always = takeLoras(expander.expand(settings.negative_prompt)).text;
  const headLines = head.map(({ prompt }) => take(prompt));
  const own = placed.map(({ keyframe }) => ({
    positive: take(keyframe.prompt),
    negative: keyframe.negative === null ? '' : take(keyframe.negative.prompt).text,
  }));
  const tailLines = tail.map(({ prompt }) => take(prompt));
  const everywhere = [...headLines, ...tailLines].flatMap(({ loras }) => loras);
  if (placed.length === 0) {
    const lines = [...headLines, ...tailLines].map(({ text }) => text);
    return [{ positive: joinPlainLines(lines), negative: always.trim(), loras: sumLoras(everywhere) }];
  }
  const before = joinLines(headLines.map(({ text }) => text));
  const behind = joinLines(tailLines.map(({ text }) => text));
  return own.map(({ positive, negative }) => ({
    positive: assemblePrompt(before, positive.text, behind),
    negative: assemblePrompt(always, negative, ''),
    loras: sumLoras([...everywhere, ...positive.loras]),
  }));
}

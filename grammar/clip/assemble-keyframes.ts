import type { Settings } from '../settings/schema.ts';
import type { SlicedTask } from '../sliced-task.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { assemblePrompt, joinLines, joinPlainLines } from './assemble.ts';
import type { Expander } from './definitions.ts';
import { withoutEscapes } from './escapes.ts';
import { type LoraUse, sumLoras, type TaggedText, takeLoras } from './lora-tags.ts';
import { promptTaker } from './taken-prompts.ts';
import type { PlacedKeyframe } from './timeline.ts';

/** Keyframes per slice. */
const SLICE = 1000;

/** A keyframe's complete prompts: definitions and wildcards expanded, tags removed. */
export interface AssembledPrompts {
  readonly positive: string;
  readonly negative: string;
  /** By name. */
  readonly loras: ReadonlyMap<string, LoraUse>;
}

/**
 * The prompts of every placed keyframe, or the one prompt of a file without keyframes.
 *
 * @throws {RangeError} if definitions or wildcards expand to more than a million characters
 */
export function* assembleKeyframes(
  { head, keyframes, tail }: TravelDocument,
  placed: readonly PlacedKeyframe[],
  settings: Settings,
  expander: Expander,
): SlicedTask<AssembledPrompts[]> {
  // In order of appearance, which is the order of what was rolled.
  const take = promptTaker(settings.define, expander);
  const always = takeLoras(withoutEscapes(expander.expand(settings.negative_prompt))).text;
  const headLines = head.map(({ prompt }) => take(prompt));
  /** By index in the file. */
  const places = new Int32Array(keyframes.length).fill(-1);
  for (const [place, { index }] of placed.entries()) places[index] = place;
  const own = new Array<{ readonly positive: TaggedText; readonly negative: string }>(placed.length);
  for (const [i, keyframe] of keyframes.entries()) {
    const { prompt, negative } = keyframe;
    const place = places[i]!;
    if (place >= 0) {
      own[place] = { positive: take(prompt), negative: negative === null ? '' : take(negative.prompt).text };
    }
    if ((i + 1) % SLICE === 0) yield;
  }
  const tailLines = tail.map(({ prompt }) => take(prompt));
  const everywhere = [...headLines, ...tailLines].flatMap(({ loras }) => loras);
  const lorasEverywhere = sumLoras(everywhere);
  if (placed.length === 0) {
    const lines = [...headLines, ...tailLines].map(({ text }) => text);
    return [{ positive: joinPlainLines(lines), negative: always.trim(), loras: lorasEverywhere }];
  }
  const around: Around = {
    before: joinLines(headLines.map(({ text }) => text)),
    behind: joinLines(tailLines.map(({ text }) => text)),
    always,
  };
  return own.map(({ positive: { text, loras }, negative }) => {
    const all = loras.length > 0 ? sumLoras([...everywhere, ...loras]) : lorasEverywhere;
    return new JoinedPrompts(around, text, negative, all);
  });
}

/** The text around every keyframe's prompt, and before its negative prompt. */
interface Around {
  readonly before: string;
  readonly behind: string;
  readonly always: string;
}

/** Joined on demand, because an editor needs the prompts of one frame of a long file. */
class JoinedPrompts implements AssembledPrompts {
  readonly loras: ReadonlyMap<string, LoraUse>;
  readonly #around: Around;
  readonly #positive: string;
  readonly #negative: string;

  constructor(around: Around, positive: string, negative: string, loras: ReadonlyMap<string, LoraUse>) {
    this.#around = around;
    this.#positive = positive;
    this.#negative = negative;
    this.loras = loras;
  }

  get positive(): string {
    return assemblePrompt(this.#around.before, this.#positive, this.#around.behind);
  }

  get negative(): string {
    return assemblePrompt(this.#around.always, this.#negative, '');
  }
}

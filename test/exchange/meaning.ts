import { parse } from 'yaml';
import { assemblePrompt, joinLines, joinPlainLines } from '../../grammar/clip/assemble.ts';
import { clipContext } from '../../grammar/clip/context.ts';
import { takeLoras } from '../../grammar/clip/lora-tags.ts';
import { Settings } from '../../grammar/settings/schema.ts';
import { runToEnd } from '../../grammar/sliced-task.ts';
import { parseTravel } from '../../grammar/syntax/parse.ts';
import { frameOf, parseHold } from '../../grammar/time/position.ts';
import { webuiPromptsClosed } from '../../grammar/webui/travel.ts';
import { parseEasing } from '../../plan/easing.ts';
import { type MixKeyframe, mixFrames } from '../../plan/mixing.ts';
import { testEnvironment } from '../grammar/environment.ts';

/** What a frame shows: prompt A, prompt B, and the part of B. */
export interface MeantFrame {
  readonly positive: readonly [string, string, number];
  readonly negative: readonly [string, string, number];
}

/** Commas and spaces as one writes them. */
export const normal = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim().replace(/\s+/g, ' '))
    .filter(Boolean)
    .join(', ');

/** The words in any order. */
export const words = (text: string) => text.replace(/,/g, ' ').trim().split(/\s+/).sort().join(' ');

export interface Meaning {
  readonly frames: readonly MeantFrame[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** The frame of the first keyframe and the end of the last one; null without keyframes. */
  readonly span: readonly [number, number] | null;
  /** By name: the weights of text encoder and UNet at each keyframe. */
  readonly loras: ReadonlyMap<string, readonly (readonly [number, number])[]>;
}

/** What a `.travel` file means, as docs/language.md defines it. */
export function meaningOf(text: string): Meaning {
  const document = parseTravel(text);
  const { start, end } = document.frontMatter?.yaml ?? { start: 0, end: 0 };
  const written = (parse(text.slice(start, end), { intAsBigInt: false }) ?? {}) as Record<string, unknown>;
  const clip = runToEnd(clipContext(document, testEnvironment(), {}));
  const { assembled } = clip.prompts;
  const loras = new Map<string, (readonly [number, number])[]>();
  for (const name of new Set(assembled.flatMap((prompt) => [...prompt.loras.keys()]))) {
    loras.set(
      name,
      assembled.map((prompt) => {
        const use = prompt.loras.get(name);
        return [use?.te ?? 0, use?.unet ?? 0] as const;
      }),
    );
  }
  const frames = clip.prompts.mixes().map(({ from, to, t }) => ({
    positive: mix(assembled[from]!.positive, assembled[to]!.positive, t),
    negative: mix(assembled[from]!.negative, assembled[to]!.negative, t),
  }));
  const { placed } = clip.prompts;
  const [first, last] = [placed[0], placed.at(-1)];
  const span = first && last ? ([first.frame, Math.min(last.holdEnd, frames.length - 1)] as const) : null;
  return { frames, span, settings: { ...(Settings.parse({}) as Record<string, unknown>), ...written }, loras };
}

function mix(a: string, b: string, t: number): readonly [string, string, number] {
  const [from, to] = [normal(a), normal(b)];
  if (t === 0 || from === to) return [from, from, 0];
  return t === 1 ? [to, to, 0] : [from, to, t];
}

export interface ExpectedClip {
  readonly head?: string;
  readonly tail?: string;
  readonly negative?: string;
  readonly keyframes: readonly (readonly [number | string, string, string?])[];
}

/** The frames of an expected clip, with the times of a given file. */
export function expectedFrames(
  expected: ExpectedClip,
  settings: Readonly<Record<string, unknown>>,
  transition: string,
): MeantFrame[] {
  const [frames, fps, context, loop] = [
    Number(settings.frames),
    Number(settings.fps),
    Number(settings.context),
    String(settings.closed_loop),
  ];
  const bare = (text: string | undefined) => takeLoras(text ?? '').text;
  const easing = parseEasing(transition);
  const keys = expected.keyframes
    .map(([position, prompt, negative]) => {
      const { from, through } = parseHold(String(position))!;
      const frame = frameOf(from, { frames, fps });
      const holdEnd = through ? frameOf(through, { frames, fps }) : frame;
      return { frame, holdEnd, transition: easing.ok ? easing.easing : { kind: 'linear' as const }, prompt, negative };
    })
    .filter(({ frame }) => frame < frames)
    .sort((a, b) => a.frame - b.frame);
  const assembled = keys.map(({ prompt, negative }) => ({
    positive: assemblePrompt(joinLines([bare(expected.head)]), bare(prompt), joinLines([bare(expected.tail)])),
    negative: assemblePrompt(expected.negative ?? '', negative ?? '', ''),
  }));
  if (keys.length === 0) {
    const still: MeantFrame = {
      positive: mix(joinPlainLines([bare(expected.head), bare(expected.tail)]), '', 0),
      negative: mix(expected.negative ?? '', '', 0),
    };
    return Array.from({ length: frames }, () => still);
  }
  const closed = webuiPromptsClosed(frames, context, loop as 'N');
  return mixFrames(keys as readonly MixKeyframe[], frames, closed).map(({ from, to, t }) => ({
    positive: mix(assembled[from]!.positive, assembled[to]!.positive, t),
    negative: mix(assembled[from]!.negative, assembled[to]!.negative, t),
  }));
}

/** The first frame that differs; null if none does. */
export function differentFrame(
  a: readonly MeantFrame[],
  b: readonly MeantFrame[],
  count: number,
  anyOrder: boolean,
): string | null {
  const text = anyOrder ? words : (prompt: string) => prompt;
  const same = (x: MeantFrame['positive'], y: MeantFrame['positive']) =>
    text(x[0]) === text(y[0]) && text(x[1]) === text(y[1]) && Math.abs(x[2] - y[2]) < 1e-6;
  for (let i = 0; i < count; i++) {
    const [x, y] = [a[i], b[i]];
    if (x && y && same(x.positive, y.positive) && same(x.negative, y.negative)) continue;
    return `frame ${i}: ${JSON.stringify(x)} instead of ${JSON.stringify(y)}`;
  }
  return null;
}

/** A keyframe as sd-webui-animatediff reads it. */
export interface WebuiKeyframe {
  readonly frame: number;
  /** Head, text and tail, joined as sd-webui-animatediff joins them. */
  readonly prompt: string;
}

export type WebuiPrompt =
  /** No travel: the prompt is used verbatim. */
  | { readonly kind: 'plain'; readonly prompt: string }
  /** Ascending in `frame`. `perFrame` is the prompt of each frame, `''` before the first key. */
  | { readonly kind: 'travel'; readonly keyframes: readonly WebuiKeyframe[]; readonly perFrame: readonly string[] }
  /** The extension stops with this message at `line` (0-based, of the trimmed text). */
  | { readonly kind: 'refused'; readonly message: string; readonly line: number | null };

export interface WebuiClip {
  /** The extension's video_length. */
  readonly frames: number;
  /** Its context batch size; a clip shorter than that is rendered at this length. */
  readonly context: number;
}

/** Whitespace of Python's str.strip(). JavaScript's trim() differs in control characters and the byte order mark. */
const WHITESPACE = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const LEADING_WHITESPACE = new RegExp(`^${WHITESPACE}+`);
const IS_WHITESPACE = new RegExp(WHITESPACE);

/** Python's `\d` matches any decimal digit of Unicode. */
export const KEY_START = /^\p{Nd}+:/u;
const KEY_LINE = /^(\p{Nd}+): ([^\n]+)$/u;

/** A line as sd-webui-animatediff classifies it. */
export type WebuiLine = {
  /** In the text. */
  readonly offset: number;
  readonly text: string;
} & (
  | { readonly part: 'head' | 'tail' }
  | { readonly part: 'key'; readonly frame: number /** Without the key. */; readonly own: string }
);

/**
 * The lines of a text without the whitespace around it. The first line that starts like a key ends the head. The first
 * later line that is not exactly `digits: text` starts the tail, which extends to the end. Empty lines, indented keys
 * and comments have no special meaning.
 */
export function webuiLines(text: string): WebuiLine[] {
  const { start, end } = stripped(text);
  let offset = start;
  let part: WebuiLine['part'] = 'head';
  return text
    .slice(start, end)
    .split('\n')
    .map((line): WebuiLine => {
      const placed = { offset, text: line };
      offset += line.length + 1;
      if (part === 'head' && KEY_START.test(line)) part = 'key';
      if (part !== 'key') return { ...placed, part };
      const match = KEY_LINE.exec(line);
      if (match) return { ...placed, part, frame: decimal(match[1]!), own: match[2]! };
      part = 'tail';
      return { ...placed, part };
    });
}

/** Parses a prompt exactly as sd-webui-animatediff does (scripts/animatediff_prompt.py). */
export function parseWebuiPrompt(text: string, clip: WebuiClip): WebuiPrompt {
  const around = { head: [] as string[], tail: [] as string[] };
  const texts = new Map<number, string>();
  for (const [number, line] of webuiLines(text).entries()) {
    if (line.part !== 'key') {
      around[line.part].push(line.text);
      continue;
    }
    if (!(line.frame < clip.frames)) {
      const message = `invalid prompt travel frame number: ${line.frame} >= number of frames (${clip.frames})`;
      return { kind: 'refused', message, line: number };
    }
    texts.set(line.frame, line.own);
  }
  if (texts.size === 0) return { kind: 'plain', prompt: text };
  const keyframes = [...texts].map(([frame, own]) => ({
    frame,
    prompt: `${around.head.join(', ')}, ${own}, ${around.tail.join(', ')}`,
  }));
  return spread(keyframes, Math.max(clip.frames, clip.context));
}

/** Repeats each prompt up to the next key, in the order of the text. Keys out of order make the list too long. */
function spread(keyframes: readonly WebuiKeyframe[], count: number): WebuiPrompt {
  const runs: { prompt: string; length: number }[] = [];
  let last = 0;
  let current = '';
  for (const { frame, prompt } of keyframes) {
    runs.push({ prompt: current, length: Math.max(0, frame - last) });
    last = frame;
    current = prompt;
  }
  runs.push({ prompt: current, length: count - last });
  const length = runs.reduce((sum, run) => sum + run.length, 0);
  if (length !== count) {
    return { kind: 'refused', message: `prompt_list length ${length} != batch_size ${count}`, line: null };
  }
  const perFrame = runs.flatMap((run) => new Array<string>(run.length).fill(run.prompt));
  return { kind: 'travel', keyframes, perFrame };
}

/** The part of a text that Python's strip() keeps. */
function stripped(text: string): { start: number; end: number } {
  const start = LEADING_WHITESPACE.exec(text)?.[0].length ?? 0;
  let end = text.length;
  while (end > start && IS_WHITESPACE.test(text.charAt(end - 1))) end--;
  return { start, end };
}

/** The value of decimal digits of any script. Unicode keeps the ten digits of each script together and in order. */
function decimal(digits: string): number {
  let value = 0;
  for (const digit of digits) {
    const code = digit.codePointAt(0)!;
    let first = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
    value = value * 10 + ((code - first) % 10);
  }
  return value;
}

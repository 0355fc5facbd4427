/** A keyframe as sd-webui-animatediff reads it. */
export interface WebuiKeyframe {
  readonly frame: number;
  /** Head, text and tail, joined as it joins them. */
  readonly prompt: string;
}

export type WebuiPrompt =
  /** No travel: the prompt is used as it is written. */
  | { readonly kind: 'plain'; readonly prompt: string }
  /** Ascending in `frame`; `perFrame` is what each frame is encoded from, `''` before the first key. */
  | { readonly kind: 'travel'; readonly keyframes: readonly WebuiKeyframe[]; readonly perFrame: readonly string[] }
  /** The extension stops with this message; `line` (0-based, of the trimmed text) is what it stumbles over. */
  | { readonly kind: 'refused'; readonly message: string; readonly line: number | null };

export interface WebuiClip {
  /** The extension's video_length. */
  readonly frames: number;
  /** Its context batch size; a clip shorter than that is rendered at this length. */
  readonly context: number;
}

/** What Python's str.strip() takes away; JavaScript's trim() differs in the control characters and the byte order mark. */
const BLANK = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const LEADING_BLANKS = new RegExp(`^${BLANK}+`);
const IS_BLANK = new RegExp(BLANK);

/** `\d` of Python is any decimal digit of Unicode. */
const KEY_START = /^\p{Nd}+:/u;
const KEY_LINE = /^(\p{Nd}+): ([^\n]+)$/u;

/**
 * sd-webui-animatediff's prompt travel to the letter (scripts/animatediff_prompt.py). The first line that begins like a
 * key ends the head; the first line after that which is not exactly `digits: text` begins the tail, and there is no way
 * back. Blank lines, indented keys and comments are not known.
 */
export function parseWebuiPrompt(text: string, clip: WebuiClip): WebuiPrompt {
  const head: string[] = [];
  const tail: string[] = [];
  const texts = new Map<number, string>();
  let part: 'head' | 'map' | 'tail' = 'head';
  for (const [number, line] of strip(text).split('\n').entries()) {
    if (part === 'head') {
      if (KEY_START.test(line)) part = 'map';
      else head.push(line);
    }
    if (part === 'map') {
      const match = KEY_LINE.exec(line);
      if (match) {
        const frame = decimal(match[1]!);
        if (!(frame < clip.frames)) {
          const message = `invalid prompt travel frame number: ${frame} >= number of frames (${clip.frames})`;
          return { kind: 'refused', message, line: number };
        }
        texts.set(frame, match[2]!);
      } else part = 'tail';
    }
    if (part === 'tail') tail.push(line);
  }
  if (texts.size === 0) return { kind: 'plain', prompt: text };
  const keyframes = [...texts].map(([frame, own]) => ({
    frame,
    prompt: `${head.join(', ')}, ${own}, ${tail.join(', ')}`,
  }));
  return spread(keyframes, Math.max(clip.frames, clip.context));
}

/** Repeats each prompt up to the next key, in the order of the text: keys that go down make the list too long. */
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

function strip(text: string): string {
  const start = LEADING_BLANKS.exec(text)?.[0].length ?? 0;
  let end = text.length;
  while (end > start && IS_BLANK.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The value of decimal digits of any script: Unicode keeps each script's ten together, in order. */
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

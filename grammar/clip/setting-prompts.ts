import type { TextSpan } from '../problem.ts';
import { yamlText } from '../settings/add-settings.ts';
import { alignYaml } from '../settings/yaml-offsets.ts';
import type { Keyframe, PromptPart, PromptText, TravelDocument } from '../syntax/document.ts';
import { parseTravel } from '../syntax/parse.ts';
import type { ClipContext } from './context.ts';

/** A prompt in the settings: `negative_prompt`, or a definition. */
export interface SettingPrompt {
  /** The value as a file of its own: a negative prompt of a keyframe, or a head. Its offsets are those of the value. */
  readonly document: TravelDocument;
  readonly prompt: PromptText;
  /** A span of the value in the file that sets it. */
  place(span: TextSpan): TextSpan;
  /** The edit of the file that gives the setting another value. */
  replaceBy(value: string): { readonly span: TextSpan; readonly text: string };
}

/** The prompts that the settings of this file hold. Settings of the command line and of extended files have no place in it. */
export function settingPrompts({ document, settings, spans, overridden }: SettingSources): SettingPrompt[] {
  const definitions = Object.entries(settings.define).map(([name, value]) => [`define.${name}`, value] as const);
  return [['negative_prompt', settings.negative_prompt] as const, ...definitions].flatMap(([path, value]) => {
    const span = spans.get(path)?.value;
    if (!span || value === '' || overridden.has(path.split('.')[0]!)) return [];
    return [settingPrompt(path, value, span, document.text)];
  });
}

type SettingSources = Pick<ClipContext, 'document' | 'settings' | 'spans' | 'overridden'>;

function settingPrompt(path: string, value: string, span: TextSpan, source: string): SettingPrompt {
  const raw = source.slice(span.start, span.end);
  const offsets = alignYaml(raw, value);
  const offset = (at: number) => span.start + (offsets[Math.min(at, offsets.length - 1)] ?? 0);
  // An escape is longer than its character; a folded newline is not part of the character before it.
  const afterCharacter = (at: number) => {
    const next = offsets[at + 1];
    const isAdjacent = next !== undefined && !raw.slice(offsets[at], next).includes('\n');
    return isAdjacent ? span.start + next : offset(at) + 1;
  };
  const prompt = promptOf(value);
  const isNegative = path === 'negative_prompt';
  const isPlain = isNegative && /^[^"'|>]/.test(raw);
  return {
    document: {
      text: prompt.text,
      frontMatter: null,
      head: isNegative ? [] : [{ prompt, line: prompt.span }],
      keyframes: isNegative ? [negativeKeyframe(prompt)] : [],
      tail: [],
      comments: [],
    },
    prompt,
    place: ({ start, end }) => ({ start: offset(start), end: end > start ? afterCharacter(end - 1) : offset(start) }),
    replaceBy: (other) => ({
      span,
      text: (isPlain ? yamlText(other) : JSON.stringify(other)) + (raw.endsWith('\n') ? '\n' : ''),
    }),
  };
}

const NOWHERE: TextSpan = { start: 0, end: 0 };

function negativeKeyframe(prompt: PromptText): Keyframe {
  const written = { text: '0', span: NOWHERE };
  const empty: PromptText = { text: '', identity: {}, span: NOWHERE, runs: [], parts: [] };
  return {
    position: written,
    hold: null,
    transition: null,
    colon: NOWHERE,
    prompt: empty,
    negative: { markers: [NOWHERE], prompt },
    span: prompt.span,
    line: prompt.span,
  };
}

/** Text before it keeps the lexer from finding a key at the start of a value. */
const PREFIX = '. ';

/** The tokens of a value. Unlike in the body, `#` starts no comment, and a newline no line. */
function promptOf(value: string): PromptText {
  const text = value.replace(/[\r\n]/g, ' ');
  const parts = parseTravel(PREFIX + text.replaceAll('#', ';')).head.flatMap(({ prompt }) => prompt.parts);
  return {
    text,
    identity: {},
    span: { start: 0, end: text.length },
    runs: [{ at: 0, offset: 0, length: text.length }],
    parts: parts.flatMap(({ kind, span }): PromptPart[] => {
      const start = Math.max(0, span.start - PREFIX.length);
      const end = span.end - PREFIX.length;
      return end > start ? [{ kind, text: text.slice(start, end), span: { start, end } }] : [];
    }),
  };
}

import { FILE_START, type TextSpan } from '../problem.ts';
import { yamlText } from '../settings/add-settings.ts';
import type { Keyframe, PromptPart, PromptText, TravelDocument } from '../syntax/document.ts';
import { parseTravel } from '../syntax/parse.ts';
import { PromptIdentity } from '../syntax/prompt-identity.ts';
import type { ClipContext } from './context.ts';
import { placesInSetting } from './setting-places.ts';

/** A prompt in the settings: `negative_prompt`, or a definition. */
export interface SettingPrompt {
  /** The value as a file of its own: a negative prompt of a keyframe, or a head. Its offsets are those of the value. */
  readonly document: TravelDocument;
  readonly prompt: PromptText;
  /** A span of the value in this file; `extends`, if an extended file sets it. */
  place(span: TextSpan): TextSpan;
  /** The extended file that sets it; null for this file. */
  readonly file: string | null;
  /** The edit of the file that gives the setting another value; null if an extended file sets it. */
  replaceBy(value: string): { readonly span: TextSpan; readonly text: string } | null;
}

/** The prompts that the settings of this file and of extended files hold. Those of the command line have no place. */
export function settingPrompts(sources: SettingSources): SettingPrompt[] {
  const { document, settings, spans, inherited, overridden } = sources;
  const definitions = Object.entries(settings.define).map(([name, value]) => [`define.${name}`, value] as const);
  return [['negative_prompt', settings.negative_prompt] as const, ...definitions].flatMap(
    ([path, value]): SettingPrompt[] => {
      if (value === '' || overridden.has(path.split('.')[0]!)) return [];
      const span = spans.get(path)?.value;
      if (span) return [{ ...settingPrompt(path, value), ...placeInFile(path, value, span, document.text) }];
      const file = inherited.get(path);
      const place = () => spans.get('extends')?.value ?? FILE_START;
      return file === undefined ? [] : [{ ...settingPrompt(path, value), place, file, replaceBy: () => null }];
    },
  );
}

type SettingSources = Pick<ClipContext, 'document' | 'settings' | 'spans' | 'inherited' | 'overridden'>;

function placeInFile(path: string, value: string, span: TextSpan, source: string) {
  const raw = source.slice(span.start, span.end);
  const isPlain = path === 'negative_prompt' && /^[^"'|>]/.test(raw);
  return {
    place: placesInSetting(value, span, source),
    file: null,
    replaceBy: (other: string) => ({
      span,
      text: (isPlain ? yamlText(other) : JSON.stringify(other)) + (raw.endsWith('\n') ? '\n' : ''),
    }),
  };
}

function settingPrompt(path: string, value: string): Pick<SettingPrompt, 'document' | 'prompt'> {
  const prompt = promptOf(value);
  const isNegative = path === 'negative_prompt';
  return {
    document: {
      text: prompt.text,
      joined: prompt.text,
      frontMatter: null,
      head: isNegative ? [] : [{ prompt, line: prompt.span }],
      keyframes: isNegative ? [negativeKeyframe(prompt)] : [],
      tail: [],
      comments: [],
    },
    prompt,
  };
}

const NOWHERE: TextSpan = { start: 0, end: 0 };

function negativeKeyframe(prompt: PromptText): Keyframe {
  const written = { text: '0', span: NOWHERE };
  const empty: PromptText = { text: '', identity: new PromptIdentity(), span: NOWHERE, runs: [], parts: [] };
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
    identity: new PromptIdentity(),
    span: { start: 0, end: text.length },
    runs: [{ at: 0, offset: 0, length: text.length }],
    parts: parts.flatMap(({ kind, span }): PromptPart[] => {
      const start = Math.max(0, span.start - PREFIX.length);
      const end = span.end - PREFIX.length;
      return end > start ? [{ kind, text: text.slice(start, end), span: { start, end } }] : [];
    }),
  };
}

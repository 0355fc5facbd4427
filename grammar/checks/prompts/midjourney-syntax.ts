import type { ClipContext } from '../../clip/context.ts';
import type { Fix, Problem, TextSpan } from '../../problem.ts';
import { addSettings, yamlText } from '../../settings/add-settings.ts';
import { maskBrackets } from '../../syntax/brackets.ts';
import { documentSpan, type NegativePart, type PromptText, type TravelDocument } from '../../syntax/document.ts';
import { type Check, type PromptCheck, replace } from '../check.ts';
import { maskTags } from './mask-tags.ts';

const CODE = 'travel/midjourney-syntax';

const NUMBER = String.raw`(?:\d{1,10}(?:\.\d{1,6})?|\.\d{1,6})`;

const RATIO = String.raw`(?:ar|aspect)[ \t=]{0,9}\d{1,5}(?:\.\d{1,3})?[:x/]\d{1,5}(?:\.\d{1,3})?`;

const NUMERIC = String.raw`(?:v|version|niji|s|stylize|c|chaos|q|quality|w|weird|width|h|height|r|repeat|iw|cw|ow|sw|sv|exp|bs|stop|seed|sameseed|zoom|upbeta|hd|testp?)[ \t=]{0,9}${NUMBER}`;

const CODES = String.raw`(?:sref|cref|oref|end|profile|p|personalize)(?:[ \t]+(?:random|https?:[^\s,]{1,500}|[a-z]{0,12}\d\w{0,40})){0,9}`;

const NAMED = String.raw`(?:style|motion)[ \t]+\w{1,40}`;

const SWITCH =
  'niji|tile|hd|testp?|video|creative|uplight|upbeta|upanime|fast|relax|turbo|draft|raw|stealth|public|loop';

/** https://docs.midjourney.com, with the parameters of older versions. Phones write `—` for `--`. */
const PARAMETER = new RegExp(
  String.raw`(?<!\S)(?:(?:--|—|–)(?:${RATIO}|${NUMERIC})|--(?:${CODES}|${NAMED}|${SWITCH}))(?![\w-])`,
  'gi',
);

/** `fur::2`: the weight of a part. In brackets, `::` has other meanings. */
const PART_WEIGHT = new RegExp(String.raw`::-?${NUMBER}(?![\p{L}\p{N}_.:])`, 'gu');

export const midjourneyParameter: PromptCheck = {
  code: CODE,
  *find(prompt) {
    if (!/--|[—–]\w|::/.test(prompt.text)) return;
    const text = maskTags(prompt.text);
    for (const { 0: written, index } of text.matchAll(PARAMETER)) {
      yield {
        code: CODE,
        severity: 'warning',
        message: `“${written.slice(0, 40)}” is a parameter of Midjourney. It is treated as prompt text here. Remove it, or use a setting such as \`width\` or \`seed\`.`,
        span: documentSpan(prompt, index, index + written.length),
        fixes: [replace('Remove it', removal(prompt, index, index + written.length), '')],
      };
    }
    for (const { 0: written, index } of maskBrackets(prompt.text).matchAll(PART_WEIGHT)) {
      if (!/[\p{L}_"')\]]/u.test(prompt.text[index - 1] ?? ' ')) continue;
      yield {
        code: CODE,
        severity: 'warning',
        message: `“${written}” is a weight of Midjourney. It is treated as text here. Write a weight as in “(words:1.2)”.`,
        span: documentSpan(prompt, index, index + written.length),
      };
    }
  },
};

/** With the space and the comma that would be left. */
function removal({ text, ...prompt }: PromptText, start: number, end: number): TextSpan {
  let from = start;
  while (/[ \t]/.test(text[from - 1] ?? '')) from--;
  const isBeforeComma = /^[ \t]{0,20}(?:,|$)/.test(text.slice(end, end + 21));
  if (isBeforeComma && text[from - 1] === ',') from--;
  return documentSpan({ text, ...prompt }, from, end);
}

/** `--no` and what it excludes, up to the next parameter. */
const NO = /(?<!\S)--no(?![\w-])[ \t]*((?:[^-—–]|(?<=\S)-|-(?!-))*)/gi;

export const midjourneyNo: Check = {
  code: CODE,
  run(clip) {
    let offered = 0;
    return excludedIn(clip.document, (found) => (offered++ < MOST_OFFERED ? inSettings(clip, found) : []));
  },
};

/** Moves to the settings that are offered: each reads the settings. */
const MOST_OFFERED = 50;

/** A definition cannot become a negative prompt. */
export const midjourneyNoInSettings: Check = { code: CODE, run: ({ document }) => excludedIn(document, () => []) };

function excludedIn(document: TravelDocument, everywhere: (found: Excluded) => readonly Fix[]): Problem[] {
  const { head, keyframes, tail, text } = document;
  return [
    ...[...head, ...tail].flatMap(({ prompt }) =>
      excluded(prompt).map((found) => problem(found, 'the setting `negative_prompt`', everywhere(found))),
    ),
    ...keyframes.flatMap(({ prompt, negative }) => [
      ...excluded(prompt).map((found) => problem(found, '`--neg`', [asNegative(found, negative, text)])),
      ...(negative ? excluded(negative.prompt) : []).map((found) => problem(found, 'commas', [asPart(found)])),
    ]),
  ];
}

interface Excluded {
  /** Of `--no`, and the space around it. */
  readonly marker: TextSpan;
  /** With what it excludes. */
  readonly span: TextSpan;
  readonly words: string;
  /** With the space in front of it. */
  readonly removal: TextSpan;
  /** The last character before it in its prompt, other than a space. */
  readonly before: string;
}

function excluded(prompt: PromptText): Excluded[] {
  if (!/--no/i.test(prompt.text)) return [];
  return Array.from(maskTags(prompt.text).matchAll(NO), ({ 0: written, 1: content = '', index }) => {
    const end = index + written.trimEnd().length;
    const words = index + written.length - content.length;
    let before = index;
    while (before > 0 && /\s/.test(prompt.text[before - 1]!)) before--;
    return {
      marker: documentSpan(prompt, before, words),
      span: documentSpan(prompt, index, end),
      words: prompt.text.slice(words, end).replace(/,$/, ''),
      removal: removal(prompt, index, end),
      before: prompt.text[before - 1] ?? '',
    };
  });
}

const problem = ({ span, words }: Excluded, instead: string, fixes: readonly Fix[]): Problem => ({
  code: CODE,
  severity: 'warning',
  message: `“--no” is a parameter of Midjourney. It is treated as prompt text here. Use ${instead} for what it excludes.`,
  span,
  fixes: words === '' ? [] : fixes,
});

/** Moves it to the negative prompt of every frame. */
function inSettings({ document, settings, spans }: ClipContext, { words, removal: span }: Excluded): readonly Fix[] {
  const value = yamlText(settings.negative_prompt === '' ? words : `${settings.negative_prompt.trim()}, ${words}`);
  const present = spans.get('negative_prompt')?.value;
  // A block value extends to the next line.
  const newline = present && /\r?\n$/.exec(document.text.slice(present.start, present.end).slice(-2))?.[0];
  const edit = present
    ? { span: present, text: `${value}${newline ?? ''}` }
    : addSettings(document, [['negative_prompt', value]]);
  const edits = edit ? [edit, { span, text: '' }] : [];
  return edit ? [{ title: 'Move to the setting `negative_prompt`', edits, mechanical: false }] : [];
}

/** Changes it to `--neg`, in front of a negative prompt that is there. */
function asNegative({ marker }: Excluded, negative: NegativePart | null, text: string): Fix {
  const edits = [{ span: marker, text: ' --neg ' }];
  if (negative) {
    let { start } = negative.markers[0]!;
    while (/\s/.test(text[start - 1] ?? '')) start--;
    edits.push({ span: { start, end: negative.markers[0]!.end }, text: ',' });
  }
  return { title: 'Change to “--neg”', edits, mechanical: false };
}

/** Makes it a part of the negative prompt that it is in. */
function asPart({ marker, before }: Excluded): Fix {
  return replace('Remove “--no”', marker, before === '' ? '' : before === ',' ? ' ' : ', ');
}

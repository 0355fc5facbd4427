import type { ClipContext } from '../../clip/context.ts';
import { namesIn } from '../../clip/definitions.ts';
import type { Fix, Problem, TextSpan } from '../../problem.ts';
import type { SettingSpan } from '../../settings/read.ts';
import type { Settings } from '../../settings/schema.ts';
import { documentSpan, promptsOf } from '../../syntax/document.ts';
import { findChoices } from '../../wildcards/choices.ts';
import { type Check, replace } from '../check.ts';

/** Settings and syntax of the travel dialect that have no meaning in sd-webui-animatediff. */
export const webuiIgnores: Check = {
  code: 'travel/webui-ignores',
  dialect: 'webui',
  run(context) {
    const used = names(context);
    const found = [...ignoredSettings(context, used), ...negativeParts(context), ...used, ...choices(context)];
    return found.map(({ what, advice, span, fixes = [] }): Problem => {
      const message = `With \`dialect: webui\`, ${what}. ${advice}`;
      return { code: this.code, severity: 'warning', message, span, fixes };
    });
  },
};

interface Ignored {
  readonly what: string;
  readonly advice: string;
  readonly span: TextSpan;
  readonly fixes?: readonly Fix[];
}

/** Settings whose value the dialect fixes. */
const DECIDED: readonly {
  readonly key: keyof Settings;
  readonly what: string;
  readonly same?: (settings: Settings) => boolean;
}[] = [
  { key: 'define', what: 'a `$name` is treated as text' },
  { key: 'transition', what: 'every transition is linear', same: ({ transition }) => transition === 'linear' },
  { key: 'fuse', what: 'context windows always overwrite each other' },
  {
    key: 'context_schedule',
    what: 'context windows are always uniform',
    same: ({ context_schedule }) => context_schedule === 'uniform',
  },
];

function ignoredSettings({ settings, spans, document: { text } }: ClipContext, used: readonly Ignored[]): Ignored[] {
  return DECIDED.flatMap(({ key, what, same }) => {
    const written = spans.get(key);
    if (!written || same?.(settings)) return [];
    // `settings` has the dialect's own value; the value of the file is in its text.
    if (key === 'fuse' && text.slice(written.value.start, written.value.end) === 'overwrite') return [];
    const advice = `\`${key}\` has no effect. Remove it.`;
    // Definitions that are still in use are needed for the fix that replaces their names.
    const needed = key === 'define' && used.length > 0;
    return [{ what, advice, span: written.key, fixes: needed ? [] : removeLines(key, written, text) }];
  });
}

/** Removes a setting if it does not share a line with another. */
function removeLines(key: string, { key: { start }, value }: SettingSpan, text: string): Fix[] {
  const from = text.lastIndexOf('\n', start) + 1;
  const newline = text.indexOf('\n', value.end);
  const end = newline < 0 ? text.length : newline + 1;
  if (from !== start || text.slice(value.end, end).trim() !== '') return [];
  return [replace(`Remove \`${key}\``, { start, end }, '')];
}

function negativeParts({ document: { head, keyframes, tail, text } }: ClipContext): Ignored[] {
  const ignored = {
    what: '--neg does not start a negative prompt',
    advice:
      'The text after it is part of the positive prompt. Use the setting `negative_prompt`, which applies to every frame.',
  };
  const own = keyframes.flatMap(({ negative }) => {
    const marker = negative?.markers[0];
    if (!negative || !marker) return [];
    let { start } = marker;
    while (text[start - 1] === ' ') start--;
    const part = { start, end: Math.max(marker.end, negative.prompt.span.end) };
    return [{ ...ignored, span: marker, fixes: [replace('Remove the negative part', part, '')] }];
  });
  const around = [...head, ...tail].flatMap(({ prompt }) =>
    prompt.parts.filter(({ kind }) => kind === 'Negative').map(({ span }) => ({ ...ignored, span })),
  );
  return [...own, ...around];
}

function names({ document, settings: { define } }: ClipContext): Ignored[] {
  return promptsOf(document).flatMap((prompt) =>
    namesIn(prompt.text)
      .filter(({ name }) => Object.hasOwn(define, name))
      .map(({ name, start, end }) => {
        const span = documentSpan(prompt, start, end);
        const fixes = [replace('Replace it by its definition', span, define[name]!)];
        return { what: `“$${name}” is treated as text`, advice: 'Replace it by its definition.', span, fixes };
      }),
  );
}

function choices({ document }: ClipContext): Ignored[] {
  const advice = 'Write one of the choices.';
  return promptsOf(document).flatMap((prompt) => [
    ...[...findChoices(prompt.text).values()].map(({ open, close }) => ({
      what: 'choices in braces are treated as text',
      advice,
      span: documentSpan(prompt, open, close + 1),
    })),
    ...prompt.parts
      .filter(({ kind }) => kind === 'Wildcard')
      .map(({ text, span }) => ({ what: `the wildcard “${text}” is treated as text`, advice, span })),
  ]);
}

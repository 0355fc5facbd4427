import { namesIn } from '../../clip/definitions.ts';
import type { Fix, Problem, TextSpan } from '../../problem.ts';
import type { SettingSpan } from '../../settings/read.ts';
import type { Settings } from '../../settings/schema.ts';
import { documentSpan } from '../../syntax/document.ts';
import { findChoices } from '../../wildcards/choices.ts';
import { type Check, type CheckContext, promptsOf, replace } from '../check.ts';

/** What is ours alone, and means nothing in a prompt of sd-webui-animatediff. */
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

/** Settings that the dialect decides itself. */
const DECIDED: readonly {
  readonly key: keyof Settings;
  readonly what: string;
  readonly same?: (settings: Settings) => boolean;
}[] = [
  { key: 'define', what: 'a `$name` stands for nothing' },
  { key: 'transition', what: 'every transition is linear', same: ({ transition }) => transition === 'linear' },
  { key: 'fuse', what: 'windows always overwrite one another' },
  {
    key: 'context_schedule',
    what: 'windows are always uniform',
    same: ({ context_schedule }) => context_schedule === 'uniform',
  },
];

function ignoredSettings({ settings, spans, document: { text } }: CheckContext, used: readonly Ignored[]): Ignored[] {
  return DECIDED.flatMap(({ key, what, same }) => {
    const written = spans.get(key);
    if (!written || same?.(settings)) return [];
    // The dialect has put its own value in the settings; what the file says is in its text.
    if (key === 'fuse' && text.slice(written.value.start, written.value.end) === 'overwrite') return [];
    const advice = `Remove \`${key}\`, which does nothing.`;
    // Texts that are still named are needed to write them out.
    const needed = key === 'define' && used.length > 0;
    return [{ what, advice, span: written.key, fixes: needed ? [] : removeLines(key, written, text) }];
  });
}

/** Takes a setting out, where it has its lines to itself. */
function removeLines(key: string, { key: { start }, value }: SettingSpan, text: string): Fix[] {
  const from = text.lastIndexOf('\n', start) + 1;
  const newline = text.indexOf('\n', value.end);
  const end = newline < 0 ? text.length : newline + 1;
  if (from !== start || text.slice(value.end, end).trim() !== '') return [];
  return [replace(`Remove \`${key}\``, { start, end }, '')];
}

function negativeParts({ document: { head, keyframes, tail, text } }: CheckContext): Ignored[] {
  const ignored = {
    what: 'there is no --neg: what follows is part of the positive prompt',
    advice: 'Use the setting `negative_prompt`, which counts in every frame.',
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

function names({ document, settings: { define } }: CheckContext): Ignored[] {
  return promptsOf(document).flatMap((prompt) =>
    namesIn(prompt.text)
      .filter(({ name }) => Object.hasOwn(define, name))
      .map(({ name, start, end }) => {
        const span = documentSpan(prompt, start, end);
        const fixes = [replace('Write what it stands for', span, define[name]!)];
        return { what: `“$${name}” is text`, advice: 'Write what it stands for.', span, fixes };
      }),
  );
}

function choices({ document }: CheckContext): Ignored[] {
  const advice = 'Write one of its texts.';
  return promptsOf(document).flatMap((prompt) => [
    ...[...findChoices(prompt.text).values()].map(({ open, close }) => ({
      what: 'nothing is chosen from braces, which are text',
      advice,
      span: documentSpan(prompt, open, close + 1),
    })),
    ...prompt.parts
      .filter(({ kind }) => kind === 'Wildcard')
      .map(({ text, span }) => ({ what: `the wildcard “${text}” is text`, advice, span })),
  ]);
}

import type { ClipContext } from '../../clip/context.ts';
import { namesIn } from '../../clip/definitions.ts';
import { WEBUI_VALUES } from '../../clip/effective-settings.ts';
import { FILE_START, type Fix, type Problem, type TextSpan } from '../../problem.ts';
import { settingValues } from '../../settings/entries.ts';
import { documentSpan, promptsOf } from '../../syntax/document.ts';
import { findChoices } from '../../wildcards/choices.ts';
import { type Check, removeSetting, replace, settingSpan } from '../check.ts';

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

/** What the dialect does instead of what these settings say. */
const INSTEAD: Readonly<Record<string, string>> = {
  define: 'a `$name` is treated as text',
  transition: 'every transition is linear',
  fuse: 'context windows always overwrite each other',
  context_schedule: 'context windows are always uniform',
};

function ignoredSettings(clip: ClipContext, used: readonly Ignored[]): Ignored[] {
  const { asWritten, spans, inherited, overridden, document } = clip;
  return settingValues(asWritten).flatMap(({ path, about: { use }, value }): Ignored[] => {
    if (use.kind !== 'used' || !use.needs.includes('travel-dialect') || isWebuis(path, value)) return [];
    const what = INSTEAD[path] ?? `\`${path}\` is ignored`;
    const advice = `\`${path}\` has no effect. Remove it.`;
    const written = spans.get(path);
    if (written) {
      // Definitions that are still in use are needed for the fix that replaces their names.
      const isNeeded = path === 'define' && used.length > 0;
      return [{ what, advice, span: written.key, fixes: isNeeded ? [] : removeSetting(path, written, document.text) }];
    }
    const file = inherited.get(path);
    if (file !== undefined) {
      const inFile = `\`${path}\` of “${file}” has no effect. Remove it there, or do not extend the file.`;
      return [{ what, advice: inFile, span: settingSpan(clip, 'extends') }];
    }
    return overridden.has(path) ? [{ what, advice, span: FILE_START }] : [];
  });
}

/** Whether a value is what the dialect does anyway. */
function isWebuis(path: string, value: unknown): boolean {
  return Object.entries(WEBUI_VALUES).some(([key, webuis]) => key === path && webuis === value);
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

import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  MarkupKind,
  type Position,
} from 'vscode-languageserver';
import type { NamedModelKind } from '../../../grammar/clip/environment.ts';
import type { TextSpan } from '../../../grammar/problem.ts';
import type { Analysis } from '../../documents/analysis.ts';
import type { ServerHost } from '../../hosts/server-host.ts';
import { cursorAt } from './cursor.ts';
import { keyframePositions, TRANSITIONS } from './keyframes.ts';
import { definitionsIn, settingKeyItems, settingValueItems } from './settings.ts';
import type { Suggestion } from './suggestion.ts';

/** Characters after which an editor requests completion by itself. */
export const TRIGGER_CHARACTERS: readonly string[] = [':', '$', '{', '_', '<', ' ', '-', '[', ','];

/**
 * Suggests what can be written at a position. Reads only the text around the cursor, so that it does not wait for a long
 * file to be parsed.
 * @param options.typed whether the request follows a trigger character
 */
export async function completionOf(
  analysis: Analysis,
  position: Position,
  host: ServerHost,
  { typed = false }: { readonly typed?: boolean } = {},
): Promise<CompletionList> {
  const cursor = cursorAt(analysis.text, analysis.offsetAt(position));
  const names = (kind: NamedModelKind) => host.settle(analysis.uri, (files) => files.modelNames(kind));
  switch (cursor.kind) {
    case 'nothing':
      return listOf(analysis, cursor.span, []);
    case 'setting-key':
      return listOf(analysis, cursor.span, settingKeyItems(analysis.text, cursor.path));
    case 'setting-value':
      return listOf(analysis, cursor.span, await settingValueItems(cursor.path, names));
    case 'lora':
      return listOf(
        analysis,
        cursor.span,
        (await names('lora')).map((name) => ({
          label: name,
          kind: CompletionItemKind.File,
          detail: 'LoRA',
          text: cursor.closed ? name : `${name}:1>`,
        })),
      );
    case 'definition':
      return listOf(
        analysis,
        cursor.span,
        definitionsIn(analysis.text).map(([name, meaning]) => ({
          label: name,
          kind: CompletionItemKind.Variable,
          detail: meaning,
          text: cursor.braced && !cursor.closed ? `${name}}` : name,
        })),
      );
    case 'wildcard':
      return listOf(
        analysis,
        cursor.span,
        (await host.wildcards(analysis.uri)).map(({ name }) => ({
          label: `__${name}__`,
          kind: CompletionItemKind.File,
          detail: 'Wildcard',
          ...(cursor.closed && { text: `__${name}` }),
        })),
      );
    case 'position':
      return listOf(analysis, cursor.span, keyframePositions(analysis.text, cursor.span.start));
    case 'transition':
      return listOf(analysis, cursor.span, TRANSITIONS);
    case 'word':
      // A list after each space would be in the way of typing a prompt.
      if (typed && cursor.span.start === cursor.span.end) return listOf(analysis, cursor.span, []);
      return listOf(analysis, cursor.span, [
        ...(await names('embedding')).map((name) => ({
          label: name,
          kind: CompletionItemKind.File,
          detail: 'Embedding',
        })),
        ...PROMPT_WORDS,
      ]);
  }
}

const PROMPT_WORDS: readonly Suggestion[] = [
  { label: 'BREAK', kind: CompletionItemKind.Keyword, documentation: 'Starts a new chunk of 75 tokens.' },
  {
    label: 'AND',
    kind: CompletionItemKind.Keyword,
    documentation: 'Adds a second prompt that is denoised at the same time. `AND b :0.5` sets its weight.',
  },
  {
    label: '--neg',
    kind: CompletionItemKind.Keyword,
    documentation: 'Adds the rest of the keyframe to the negative prompt.',
    text: '--neg ',
  },
];

function listOf(analysis: Analysis, span: TextSpan, suggestions: readonly Suggestion[]): CompletionList {
  const range = analysis.rangeOf(span);
  const items = suggestions.map(
    ({ label, kind, detail, documentation, text }, i): CompletionItem => ({
      label,
      kind,
      // Keeps our order: positions by time, settings by group.
      sortText: `${i}`.padStart(5, '0'),
      ...(detail !== undefined && { detail }),
      ...(documentation !== undefined && { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
      // Clients compare it with the text in the range, which is the start of the label.
      filterText: label,
      textEdit: { range, newText: text ?? label },
    }),
  );
  return { isIncomplete: false, items };
}

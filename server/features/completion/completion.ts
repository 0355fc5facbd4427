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

/** Characters after which an editor asks without being told to. */
export const TRIGGER_CHARACTERS: readonly string[] = [':', '$', '{', '_', '<', ' ', '-', '[', ','];

/**
 * What can stand at a position. Looks at the lines around the cursor only, never at the whole document's meaning, so that
 * it does not wait for a long file to be checked.
 * @param options.typed whether the editor asks by itself, after a trigger character
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
      // Whoever writes prose does not want a list after each blank.
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
  { label: 'BREAK', kind: CompletionItemKind.Keyword, documentation: 'What follows begins a new chunk of 75 tokens.' },
  {
    label: 'AND',
    kind: CompletionItemKind.Keyword,
    documentation: 'A second prompt that acts at the same time; `AND b :0.5` gives it a weight.',
  },
  {
    label: '--neg',
    kind: CompletionItemKind.Keyword,
    documentation: 'The rest of the keyframe is added to the negative prompt.',
    text: '--neg ',
  },
];

function listOf(analysis: Analysis, span: TextSpan, suggestions: readonly Suggestion[]): CompletionList {
  const range = analysis.rangeOf(span);
  const items = suggestions.map(
    ({ label, kind, detail, documentation, text }, i): CompletionItem => ({
      label,
      kind,
      // In our order: positions by time, settings by group.
      sortText: `${i}`.padStart(5, '0'),
      ...(detail !== undefined && { detail }),
      ...(documentation !== undefined && { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
      // The client filters by what the range holds, and that is the label's beginning, without what is added behind.
      filterText: label,
      textEdit: { range, newText: text ?? label },
    }),
  );
  return { isIncomplete: false, items };
}

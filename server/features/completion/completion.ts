import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  MarkupKind,
  type Position,
} from 'vscode-languageserver';
import { baseOfName, possibleEmbeddings } from '../../../grammar/clip/embedding-names.ts';
import type { Environment, NamedModelKind } from '../../../grammar/clip/environment.ts';
import type { TextSpan } from '../../../grammar/problem.ts';
import { settingFileKind, settingModelKind } from '../../../grammar/settings/entries.ts';
import { fileName } from '../../../plan/paths.ts';
import type { Analysis } from '../../documents/analysis.ts';
import { parseUri } from '../../documents/relative-uri.ts';
import type { ServerHost } from '../../hosts/server-host.ts';
import { type Cursor, cursorAt } from './cursor.ts';
import { keyframePositions, TRANSITIONS } from './keyframes.ts';
import { pathItems, writtenPath } from './paths.ts';
import { definitionsIn, settingKeyItems, settingValueItems } from './settings.ts';
import type { Suggestion } from './suggestion.ts';

/** Characters after which an editor requests completion by itself. */
export const TRIGGER_CHARACTERS: readonly string[] = [':', '$', '{', '_', '<', ' ', '-', '[', ',', '/'];

/** VS Code's command that opens the list of suggestions. */
export const SUGGEST_COMMAND = 'editor.action.triggerSuggest';

/**
 * Suggests what can be written at a position. Reads only the text around the cursor, so that it does not wait for a
 * long file to be parsed. Nothing is suggested after a complete word or value: Enter would change it.
 * @param options.typed whether the request follows a trigger character
 * @param options.opensNext whether the client can run `SUGGEST_COMMAND`
 */
export async function completionOf(
  analysis: Analysis,
  position: Position,
  host: ServerHost,
  options: { readonly typed?: boolean; readonly opensNext?: boolean } = {},
): Promise<CompletionList> {
  const offset = analysis.offsetAt(position);
  const cursor = cursorAt(analysis.text, offset);
  const paths = await pathsAt(analysis, cursor, offset, host);
  const span = paths?.span ?? cursor.span;
  const items = [
    ...(paths?.hasOnlyPaths ? [] : await suggestionsAt(analysis, cursor, host, options.typed ?? false)),
    ...(paths?.items ?? []),
  ];
  const { start, end } = span;
  const written = analysis.text.slice(start, end).trim();
  const changing = items.filter(({ label, text = label }) => text.trim() !== written);
  const isComplete = changing.length < items.length && analysis.text.slice(offset, end).trim() === '';
  return listOf(analysis, { kind: cursor.kind, span }, isComplete ? [] : changing, options.opensNext ?? false);
}

/**
 * Files and folders, where a setting names one; null elsewhere. Models have names, so that paths are only offered once
 * something is written.
 */
async function pathsAt(
  analysis: Analysis,
  cursor: Cursor,
  offset: number,
  host: ServerHost,
): Promise<{ readonly items: readonly Suggestion[]; readonly span: TextSpan; readonly hasOnlyPaths: boolean } | null> {
  const setting = cursor.kind === 'setting-value' ? cursor.path.join('.') : '';
  const kind = settingFileKind(setting);
  if (cursor.kind !== 'setting-value' || kind === null) return null;
  const written = writtenPath(analysis.text, cursor.span, offset, cursor.inFlow);
  const isModel = settingModelKind(setting) !== null;
  if (!written || (isModel && written.folder === '' && written.name === '')) return null;
  const entries = await host.entries(analysis.uri, written.folder);
  const items = pathItems(kind, written, entries, fileName(parseUri(analysis.uri)?.path ?? ''));
  return { items, span: written.span, hasOnlyPaths: items.length > 0 && (!isModel || written.folder !== '') };
}

async function suggestionsAt(
  analysis: Analysis,
  cursor: Cursor,
  host: ServerHost,
  typed: boolean,
): Promise<readonly Suggestion[]> {
  const { start, end } = cursor.span;
  const written = analysis.text.slice(start, end).trim();
  const names = (kind: NamedModelKind) => host.settle(analysis.uri, (files) => files.modelNames(kind));
  switch (cursor.kind) {
    case 'nothing':
      return [];
    case 'setting-key':
      return settingKeyItems(analysis.text, cursor.path, /^[ \t]*:/.test(analysis.text.slice(end, end + 80)));
    case 'setting-value':
      return cursor.isAtPosition ? [] : settingValueItems(cursor.path, written, names);
    case 'lora':
      return (await names('lora')).map((name) => ({
        label: name,
        kind: CompletionItemKind.File,
        detail: 'LoRA',
        text: cursor.closed ? name : `${name}:1>`,
      }));
    case 'definition':
      return definitionsIn(analysis.text).map(([name, meaning]) => ({
        label: name,
        kind: CompletionItemKind.Variable,
        detail: meaning,
        text: cursor.braced && !cursor.closed ? `${name}}` : name,
      }));
    case 'wildcard':
      return (await host.wildcards(analysis.uri)).map(({ name }) => ({
        label: `__${name}__`,
        kind: CompletionItemKind.File,
        detail: 'Wildcard',
        ...(cursor.closed && { text: `__${name}` }),
      }));
    case 'position':
      return keyframePositions(analysis.text, start);
    case 'transition':
      return TRANSITIONS;
    case 'word':
      // A list after each space would be in the way of typing a prompt.
      if (typed && start === end) return [];
      return [
        ...(await host.settle(analysis.uri, (files) => embeddingsWith(written, files))).map((name) => ({
          label: name,
          kind: CompletionItemKind.File,
          detail: 'Embedding',
        })),
        // Clients ignore case: after “salt and”, Enter must not make it “salt AND”.
        ...PROMPT_WORDS.filter(({ label }) => label.startsWith(written)),
      ];
  }
}

/** Names of embeddings that start with what is written. Only files whose names do are read. */
function embeddingsWith(written: string, files: Environment): readonly string[] {
  const starts = (name: string) => name.toLowerCase().startsWith(written.toLowerCase());
  return possibleEmbeddings(files)
    .filter((name) => starts(name) || starts(baseOfName(name)))
    .filter((name) => files.resolveModel('embedding', name) !== null && starts(name));
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

function listOf(
  analysis: Analysis,
  { kind: place, span }: Pick<Cursor, 'kind' | 'span'>,
  suggestions: readonly Suggestion[],
  opensNext: boolean,
): CompletionList {
  const range = analysis.rangeOf(span);
  const items = suggestions.map(
    ({ label, kind, detail, documentation, text, filter = label, ...suggestion }, i): CompletionItem => ({
      label,
      kind,
      // Keeps our order: positions by time, settings by group.
      sortText: `${i}`.padStart(5, '0'),
      ...(detail !== undefined && { detail }),
      ...(documentation !== undefined && { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
      // Clients compare it with the text in the range, which is the start of the label.
      filterText: filter,
      textEdit: { range, newText: text ?? label },
      ...(opensNext && suggestion.opensNext && { command: { title: 'Suggest', command: SUGGEST_COMMAND } }),
    }),
  );
  // These depend on what is written, so clients have to ask again after the next character.
  return { isIncomplete: place === 'word' || place === 'setting-value', items };
}

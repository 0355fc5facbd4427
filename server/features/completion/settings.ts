import { CompletionItemKind } from 'vscode-languageserver';
import type { NamedModelKind } from '../../../grammar/clip/environment.ts';
import { settingModelKind } from '../../../grammar/settings/entries.ts';
import { readSettings } from '../../../grammar/settings/read.ts';
import { SETTING_KEYS } from '../../../grammar/settings/schema.ts';
import { yamlScalar } from '../../yaml-scalar.ts';
import { settingDocumentation } from '../setting-documentation.ts';
import { frontMatterSpan } from './cursor.ts';
import { TRANSITIONS } from './keyframes.ts';
import type { Suggestion } from './suggestion.ts';

/**
 * The keys of the map at a path; at the top level, without those that the file already has.
 * @param closed whether the colon is already written after the cursor
 */
export function settingKeyItems(text: string, path: readonly string[], closed: boolean): Suggestion[] {
  const written = path.length === 0 ? settingsIn(text).spans : new Map<string, unknown>();
  const keys = path.length === 0 ? SETTING_KEYS : (settingDocumentation(path)?.keys ?? []);
  return keys
    .filter((key) => !written.has(key))
    .map((key) => {
      const help = settingDocumentation([...path, key]);
      if (closed) return { label: key, kind: CompletionItemKind.Property };
      return {
        label: key,
        kind: CompletionItemKind.Property,
        text: `${key}: `,
        opensNext: hasValues([...path, key]),
        ...(help && { documentation: help.markdown }),
      };
    });
}

/** Whether `settingValueItems` has values. */
function hasValues(path: readonly string[]): boolean {
  const help = settingDocumentation(path);
  if (!help || (help.keys.length > 0 && path.length > 1)) return false;
  const isModel = settingModelKind(path.join('.')) !== null;
  return isModel || path[0] === 'transition' || (help.choices ?? help.examples).length > 0;
}

/**
 * Values for the setting at a path: all possible values, model names, or examples. Examples are offered until something
 * is written: after `seed: 4`, Enter must not make it 42.
 */
export async function settingValueItems(
  path: readonly string[],
  written: string,
  names: (kind: NamedModelKind) => Promise<readonly string[]>,
): Promise<Suggestion[]> {
  const help = settingDocumentation(path);
  if (!help) return [];
  if (help.keys.length > 0 && path.length > 1) return [];
  const [key] = path;
  const kind = settingModelKind(path.join('.'));
  const own = [...(help.choices ?? []), ...(kind === 'motion-module' ? ['none'] : [])];
  const models = kind ? await names(kind) : [];
  const values = [
    ...own.map((label): Suggestion => ({ label, kind: CompletionItemKind.EnumMember })),
    ...models.map((label): Suggestion => ({ label, text: yamlScalar(label), kind: CompletionItemKind.EnumMember })),
  ];
  if (values.length > 0) return values;
  if (key === 'transition') return [...TRANSITIONS];
  if (written !== '') return [];
  return help.examples.map((label) => ({ label, kind: CompletionItemKind.Value, detail: 'example' }));
}

/** The names that a file defines itself, with their texts. */
export function definitionsIn(text: string): [string, string][] {
  return Object.entries(settingsIn(text).settings.define ?? {});
}

function settingsIn(text: string) {
  const matter = frontMatterSpan(text);
  return readSettings(matter ? text.slice(matter.start, matter.end) : '', 0);
}

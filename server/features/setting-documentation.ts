import { choicesOf, defaultOf, partsOf } from '../../grammar/settings/inspect.ts';
import { availabilitySentence } from '../../grammar/settings/reference.ts';
import { type SettingEntry, settingAt } from '../../grammar/settings/schema.ts';

/**
 * The documentation of the setting at a path such as `save`, `controlnet.0.mode` or `free_init.filter`, from the
 * schema.
 */
export interface SettingDocumentation {
  /** The last part of the path that is not an index. */
  readonly key: string;
  readonly markdown: string;
  /** All possible values; null if they are not a closed set. */
  readonly choices: readonly string[] | null;
  readonly examples: readonly string[];
  /** The keys of this map; empty if the setting is not a map. */
  readonly keys: readonly string[];
}

/** null if the schema does not have this setting. */
export function settingDocumentation(path: readonly string[]): SettingDocumentation | null {
  const entry = settingAt(path);
  if (!entry) return null;
  const { key, type, about } = entry;
  return {
    key,
    markdown: markdownOf(path.filter((step) => !/^\d+$/.test(step)).join('.'), entry),
    choices: choicesOf(type),
    examples: 'examples' in about ? (about.examples ?? []) : [],
    keys: Object.keys(partsOf(type)),
  };
}

function markdownOf(name: string, { type, about }: SettingEntry): string {
  const label = 'label' in about ? about.label : undefined;
  const given = defaultOf(type);
  const choices = choicesOf(type);
  const availability = availabilitySentence(about);
  const facts = [
    ...(given === undefined || (typeof given === 'object' && Object.keys(given ?? {}).length === 0)
      ? []
      : [`Default: \`${typeof given === 'string' ? given || '""' : JSON.stringify(given)}\``]),
    ...(availability ? [availability] : []),
    ...(choices ? [`Values: ${choices.map((choice) => `\`${choice}\``).join(', ')}`] : []),
  ];
  return [`**${name}**${label ? ` (${label})` : ''}`, about.description, ...facts].filter(Boolean).join('\n\n');
}

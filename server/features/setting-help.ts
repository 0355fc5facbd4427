import { choicesOf, defaultOf, partsOf } from '../../grammar/settings/inspect.ts';
import { availabilitySentence } from '../../grammar/settings/reference.ts';
import { type SettingEntry, settingAt } from '../../grammar/settings/schema.ts';

/** What can be written under a path of settings, from the one schema: `save`, `controlnet.0.mode`, `free_init.filter`. */
export interface SettingHelp {
  /** The key itself: the path's last step that is no index. */
  readonly key: string;
  readonly markdown: string;
  /** All values there are; null where they are not a closed set. */
  readonly choices: readonly string[] | null;
  readonly examples: readonly string[];
  /** Keys of the map that is written here; empty where it is none. */
  readonly keys: readonly string[];
}

/** null if the schema has no such setting. */
export function settingHelp(path: readonly string[]): SettingHelp | null {
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

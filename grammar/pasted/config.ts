import { type NewSetting, yamlText } from '../settings/add-settings.ts';
import type { SettingKey } from '../settings/schema.ts';
import { type Literal, type LiteralEntry, literalPrompt } from './literals.ts';

/** The maps of frames and prompts in configurations of animatediff-cli, FizzNodes and Deforum. */
export const PROMPT_MAPS: ReadonlySet<string> = new Set(['prompt_map', 'prompts', 'animation_prompts']);

/** animatediff-cli's names of settings (`ModelConfig` in `settings.py`). */
const SETTINGS: Readonly<Record<string, SettingKey>> = {
  clip_skip: 'clip_skip',
  guidance_scale: 'cfg_scale',
  n_prompt: 'negative_prompt',
  negative_prompt: 'negative_prompt',
  seed: 'seed',
  steps: 'steps',
};

const HEAD = 'head_prompt';
const TAIL = 'tail_prompt';

export function isConfigKey(key: string): boolean {
  return key === HEAD || key === TAIL || PROMPT_MAPS.has(key) || Object.hasOwn(SETTINGS, key);
}

interface ConfigSettings {
  readonly head: readonly string[];
  readonly tail: readonly string[];
  readonly settings: readonly NewSetting[];
  /** Keys that have no equivalent. */
  readonly left: readonly string[];
}

/** What the entries around a prompt map become. */
export function configSettings(entries: readonly LiteralEntry[]): ConfigSettings {
  const settings: NewSetting[] = [];
  const left: string[] = [];
  for (const { key, value } of entries) {
    const setting = Object.hasOwn(SETTINGS, key) ? SETTINGS[key] : undefined;
    if (key === HEAD || key === TAIL) {
      if (value.kind !== 'text') left.push(key);
      continue;
    }
    const [first, ...others] = wordsOf(value) ?? [];
    if (!setting || first === undefined) {
      if (!setting || !isEmpty(value)) left.push(key);
      continue;
    }
    if (first !== '') settings.push([setting, setting === 'negative_prompt' ? yamlText(first) : first]);
    left.push(...others.map((other) => `${key}: ${other}`));
  }
  const lines = (name: string) =>
    entries.flatMap(({ key, value }) =>
      key === name && value.kind === 'text' && value.text ? [literalPrompt(value.text)] : [],
    );
  return { head: lines(HEAD), tail: lines(TAIL), settings, left };
}

/**
 * The items of a list, or the only one; null for maps. animatediff-cli renders one clip per item, so the first one is
 * used.
 */
function wordsOf(value: Literal): string[] | null {
  if (value.kind === 'map') return null;
  if (value.kind !== 'list') return [value.text];
  const words = value.items.map(wordsOf);
  return words.includes(null) ? null : words.flatMap((item) => item ?? []);
}

const isEmpty = (value: Literal) => value.kind === 'list' && value.items.length === 0;

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
    const first = firstOf(value);
    if (key === HEAD || key === TAIL) continue;
    if (!setting || first === null) left.push(key);
    else if (first !== '') settings.push([setting, setting === 'negative_prompt' ? yamlText(first) : first]);
  }
  const lines = (name: string) =>
    entries.flatMap(({ key, value }) =>
      key === name && value.kind === 'text' && value.text ? [literalPrompt(value.text)] : [],
    );
  return { head: lines(HEAD), tail: lines(TAIL), settings, left };
}

/** animatediff-cli renders one clip per item of a list; the first one is used. */
function firstOf(value: Literal): string | null {
  if (value.kind === 'list') return value.items[0] ? firstOf(value.items[0]) : '';
  return value.kind === 'map' ? null : value.text;
}

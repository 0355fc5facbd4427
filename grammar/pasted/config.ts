import type { ConfigurationKind } from './foreign-reader.ts';

/** The maps of frames and prompts in configurations, and whose they are. FizzNodes' copies of Deforum name them so, too. */
export const PROMPT_MAPS: ReadonlyMap<string, ConfigurationKind> = new Map<string, ConfigurationKind>([
  ['prompt_map', 'animatediff-cli'],
  ['prompts', 'deforum'],
  ['animation_prompts', 'deforum'],
]);

/** Names in animatediff-cli's configurations (`ModelConfig` in `settings.py`) that stand beside frames, too. */
const NAMES: ReadonlySet<string> = new Set([
  'head_prompt',
  'tail_prompt',
  'clip_skip',
  'guidance_scale',
  'n_prompt',
  'negative_prompt',
  'seed',
  'steps',
]);

export const isConfigKey = (key: string): boolean => PROMPT_MAPS.has(key) || NAMES.has(key);

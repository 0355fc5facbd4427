import type { ClipContext } from '../clip/context.ts';
import type { Requirement } from '../settings/about.ts';
import { settingValues } from '../settings/entries.ts';
import { REQUIREMENTS } from './requirements.ts';

/** A setting that something else keeps from acting. */
export interface IneffectiveSetting {
  /** `stride`, `free_init.d_s` */
  readonly path: string;
  /** What it needs. */
  readonly unmet: Requirement;
}

/**
 * The settings that differ from their defaults and have no effect. Only those of this file or the command line: what extended
 * files set is meant for other files, too.
 */
export function ineffectiveSettings(clip: ClipContext): IneffectiveSetting[] {
  const { settings, spans, overridden } = clip;
  return settingValues(settings).flatMap(({ path, about: { use }, value, isDefault }) => {
    // `not-available-yet` reports it.
    if (use.kind === 'partly-available' && !use.available.includes(String(value))) return [];
    const isSetHere = spans.has(path) || overridden.has(path.split('.')[0]!);
    const requirements = use.kind === 'used' || use.kind === 'partly-available' ? use.needs : [];
    if (requirements.length === 0 || !isSetHere || isDefault()) return [];
    const unmet = requirements.find((name) => !REQUIREMENTS[name].isMet(clip));
    // `webui-ignores` reports what the dialect replaces.
    return unmet === undefined || unmet === 'travel-dialect' ? [] : [{ path, unmet }];
  });
}

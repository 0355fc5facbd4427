import type { ClipContext } from '../clip/context.ts';
import type { TextSpan } from '../problem.ts';
import type { Requirement } from '../settings/about.ts';
import { settingValues } from '../settings/entries.ts';
import type { SettingSpan } from '../settings/read.ts';
import { REQUIREMENTS } from './requirements.ts';

/** A setting that something else keeps from acting. */
export interface IneffectiveSetting {
  /** `stride`, `free_init.d_s` */
  readonly path: string;
  /** What it needs. */
  readonly unmet: Requirement;
  /** Whether it is sd-webui-animatediff's default, from which nobody expects anything in a short clip. */
  readonly isWebuiDefault: boolean;
}

/**
 * The settings that differ from their defaults and have no effect. Only those of this file or the command line: what extended
 * files set is meant for other files, too.
 */
export function ineffectiveSettings(clip: ClipContext): IneffectiveSetting[] {
  const { settings, spans, overridden } = clip;
  const broken = brokenSettings(clip);
  return settingValues(settings).flatMap(({ path, about: { use }, value, isDefault }) => {
    // `not-available-yet` reports it.
    if (use.kind === 'partly-available' && !use.available.includes(String(value))) return [];
    const isSetHere = spans.has(path) || overridden.has(path.split('.')[0]!);
    const requirements = use.kind === 'used' || use.kind === 'partly-available' ? use.needs : [];
    if (requirements.length === 0 || !isSetHere || isDefault()) return [];
    const unmet = requirements.find((name) => !REQUIREMENTS[name].isMet(clip));
    // `webui-ignores` reports what the dialect replaces.
    if (unmet === undefined || unmet === 'travel-dialect' || dependsOn(broken, unmet, clip)) return [];
    const isWebuiDefault = path === 'closed_loop' && value === 'R-P' && unmet === 'clip-longer-than-context';
    return [{ path, unmet, isWebuiDefault }];
  });
}

/** The settings with a value that cannot be read, which is reported. They have their defaults. */
function brokenSettings({ spans, settingIssues }: ClipContext): ReadonlySet<string> {
  const isIn = ({ value }: SettingSpan) => settingIssues.some(({ span }) => isInside(span, value));
  return new Set([...spans].flatMap(([path, span]) => (!path.includes('.') && isIn(span) ? [path] : [])));
}

const isInside = (inner: TextSpan, outer: TextSpan): boolean => inner.start >= outer.start && inner.end <= outer.end;

/** Whether one of some settings decides if a requirement is met. */
function dependsOn(broken: ReadonlySet<string>, requirement: Requirement, clip: ClipContext): boolean {
  if (broken.size === 0) return false;
  let isRead = false;
  const settings = new Proxy(clip.settings, {
    get(target, key, receiver) {
      if (broken.has(String(key))) isRead = true;
      return Reflect.get(target, key, receiver);
    },
  });
  REQUIREMENTS[requirement].isMet({ ...clip, settings });
  return isRead;
}

/**
 * Why something has no effect, and what to do, as it follows its name.
 *
 * @param removal what can be removed, such as `this line`
 */
export function whyNoEffect(unmet: Requirement, removal: string): string {
  const { reason, because, instead } = REQUIREMENTS[unmet];
  const advice = instead === undefined ? `Remove ${removal}.` : `${instead}, or remove ${removal}.`;
  return `has no effect ${reason}. ${because === undefined ? '' : `${because} `}${advice}`;
}

import type { ClipContext } from '../../clip/context.ts';
import { FILE_START, type Fix, type Problem, type TextSpan } from '../../problem.ts';
import type { Requirement } from '../../settings/about.ts';
import { settingValues } from '../../settings/entries.ts';
import type { SettingSpan } from '../../settings/read.ts';
import { settingName } from '../../settings/setting-name.ts';
import { type Check, replace, settingLines } from '../check.ts';
import { REQUIREMENTS } from '../requirements.ts';

/**
 * Settings that this file or the command line sets, and negative prompts, although something that they need is missing.
 */
export const settingHasNoEffect: Check = {
  code: 'travel/setting-has-no-effect',
  run(clip) {
    const problem = (found: Pick<Problem, 'message' | 'span' | 'related' | 'fixes'>): Problem => ({
      code: this.code,
      severity: 'warning',
      ...found,
    });
    return [...settingsWithoutEffect(clip), ...negativesWithoutEffect(clip)].map(problem);
  },
};

/** Only what is set here: what extended files set is meant for other files, too. */
function settingsWithoutEffect(clip: ClipContext) {
  const { settings, spans, overridden, document } = clip;
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
    const { reason, advice } = REQUIREMENTS[unmet];
    const span = spans.get(path);
    return [
      {
        message: `“${settingName(path)}” has no effect ${reason}. ${advice}`,
        span: span?.key ?? FILE_START,
        fixes: span ? removeSetting(path, span, document.text) : [],
      },
    ];
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

/** The first `--neg`, with the others. In the webui dialect, it is a part of the positive prompt. */
function negativesWithoutEffect(clip: ClipContext) {
  const { document, settings } = clip;
  if (settings.dialect === 'webui' || REQUIREMENTS.guidance.isMet(clip)) return [];
  const [first, ...others] = document.keyframes.flatMap(({ negative }) => negative?.markers[0] ?? []);
  if (!first) return [];
  const { reason, advice } = REQUIREMENTS.guidance;
  return [
    {
      message: `“--neg” has no effect ${reason}. ${advice}`,
      span: first,
      related: others.map((span) => ({ span, message: 'Has no effect, either.' })),
    },
  ];
}

/** None if its lines hold something else, too. */
function removeSetting(path: string, written: SettingSpan, text: string): Fix[] {
  const lines = settingLines(written, text);
  return lines ? [replace(`Remove \`${path.split('.').at(-1)}\``, lines, '')] : [];
}

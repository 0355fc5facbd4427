import type { ClipContext } from '../../clip/context.ts';
import { FILE_START, type Fix, type Problem } from '../../problem.ts';
import type { Requirement } from '../../settings/about.ts';
import { settingValues } from '../../settings/entries.ts';
import type { SettingSpan } from '../../settings/read.ts';
import type { Settings } from '../../settings/schema.ts';
import { type Check, replace } from '../check.ts';

/** Settings that this file or the command line sets, although something that they need is missing. */
export const settingHasNoEffect: Check = {
  code: 'travel/setting-has-no-effect',
  run(clip) {
    return settingValues(clip.settings).flatMap(({ path, about: { use }, isDefault }): Problem[] => {
      const requirements = use.kind === 'used' || use.kind === 'partly-available' ? use.needs : [];
      const unmet = requirements.map((name) => REQUIREMENTS[name]).find(({ isMet }) => !isMet(clip.settings));
      if (!unmet || isDefault() || !isSetHere(clip, path)) return [];
      const span = clip.spans.get(path);
      return [
        {
          code: this.code,
          severity: 'warning',
          message: `“${path.replaceAll('.', ' › ')}” has no effect ${unmet.reason}. ${unmet.advice}`,
          span: span?.key ?? FILE_START,
          fixes: span ? removeSetting(path, span, clip.document.text) : [],
        },
      ];
    });
  },
};

/** What extended files set is meant for other files, too; and `webui-ignores` reports what the dialect replaces. */
function isSetHere({ spans, overridden, settings: { dialect } }: ClipContext, path: string): boolean {
  if (dialect === 'webui' && (path === 'fuse' || path === 'context_schedule')) return false;
  return spans.has(path) || overridden.has(path.split('.')[0]!);
}

const REQUIREMENTS: Readonly<
  Record<
    Requirement,
    {
      readonly isMet: (settings: Settings) => boolean;
      /** Completes "… has no effect". */
      readonly reason: string;
      readonly advice: string;
    }
  >
> = {
  'init-image': {
    isMet: ({ init_image }) => init_image !== undefined,
    reason: 'without `init_image`',
    advice: 'Set `init_image`, or remove this line.',
  },
  'last-frame': {
    isMet: ({ last_frame }) => last_frame !== undefined,
    reason: 'without `last_frame`',
    advice: 'Set `last_frame`, or remove this line.',
  },
  'interpolation-method': {
    isMet: ({ interpolate }) => interpolate !== undefined && interpolate.method !== 'off',
    reason: 'without an interpolation `method`',
    advice: 'Set `method`, or remove this line.',
  },
  'motion-module': {
    isMet: ({ motion_module }) => motion_module !== 'none',
    reason: 'without a motion module',
    advice: 'Each frame is rendered on its own. Choose a motion module, or remove this line.',
  },
  'several-windows': {
    isMet: ({ frames, context }) => frames > context,
    reason: 'in a single context window',
    advice: 'The whole clip fits in one context. Set `frames` above `context`, or remove this line.',
  },
  'clip-longer-than-context': {
    isMet: ({ frames, context, closed_loop }) => frames > context || closed_loop === 'A',
    reason: 'in a single context window',
    advice: 'The whole clip fits in one context. Use `A`, which plays it forward and backward, or remove this line.',
  },
  'format-with-loop-count': {
    isMet: ({ save }) => save.some((format) => format === 'gif' || format === 'webp'),
    reason: 'without `gif` or `webp` in `save`',
    advice: 'Other formats have no loop count. Add one of them, or remove this line.',
  },
  'reversed-frames': {
    isMet: ({ reverse }) => reverse.includes('add'),
    reason: 'without `add`',
    advice: '`remove_head` and `remove_tail` only shorten what `add` appends. Add it, or remove this line.',
  },
  'sigma-sampler': {
    isMet: ({ sampler }) => sampler !== 'DDIM',
    reason: 'with the sampler DDIM',
    advice: 'As in A1111, DDIM has its own spacing. Choose another sampler, or remove this line.',
  },
};

/** Removes the lines of a setting; none if they hold something else, too. */
function removeSetting(path: string, { key, value }: SettingSpan, text: string): Fix[] {
  const start = text.lastIndexOf('\n', key.start - 1) + 1;
  const newline = text.indexOf('\n', value.end);
  const end = newline < 0 ? text.length : newline + 1;
  const rest = text.slice(start, key.start) + text.slice(value.end, end);
  if (rest.replace(/#.*/, '').trim() !== '') return [];
  return [replace(`Remove \`${path.split('.').at(-1)}\``, { start, end }, '')];
}

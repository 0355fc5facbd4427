import { FORMATS_WITH_LOOP_COUNT, FORMATS_WITH_SOUND } from '../../../plan/format-limits.ts';
import type { OutputFormat } from '../../../plan/plan.ts';
import type { ClipContext } from '../../clip/context.ts';
import type { Problem } from '../../problem.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';
import { inWords } from '../in-words.ts';
import { FORMATS_WITH_TIME } from '../requirements.ts';

/** Something that only some formats can store. */
interface Stored {
  readonly setting: 'audio' | 'loop';
  readonly what: string;
  readonly isSet: (settings: ClipContext['settings']) => boolean;
  readonly isIn: (format: OutputFormat) => boolean;
}

const STORED: readonly Stored[] = [
  {
    setting: 'audio',
    what: 'sound',
    isSet: ({ audio, video }) => audio === 'keep' && video?.source !== undefined,
    isIn: (format) => FORMATS_WITH_SOUND.has(format),
  },
  {
    setting: 'loop',
    what: 'loop count',
    isSet: ({ loop }) => loop > 0,
    isIn: (format) => FORMATS_WITH_LOOP_COUNT.includes(format),
  },
];

/** What one format of several loses. If all lose it, `setting-has-no-effect` reports it. */
export const formatLoses: Check = {
  code: 'travel/format-loses',
  run(clip) {
    const { settings } = clip;
    const formats = [...new Set(settings.save)].filter((format) => FORMATS_WITH_TIME.includes(format));
    return STORED.flatMap(({ setting, what, isSet, isIn }): Problem[] => {
      const kept = formats.filter(isIn);
      if (!isSet(settings) || kept.length === 0) return [];
      const lost = formats.filter((format) => !isIn(format));
      return lost.map((format) => {
        const message = `\`${format}\` files have no ${what}. \`${setting}\` acts on ${inWords(
          kept.map((name) => `\`${name}\``),
          'and',
        )} only.`;
        return {
          code: this.code,
          severity: 'information',
          message: namingFile(clip, setting, message),
          span: spanOf(clip, format, setting),
        };
      });
    });
  },
};

/** Where the format is written, or else the setting. */
function spanOf(clip: ClipContext, format: OutputFormat, setting: string) {
  const item = clip.spans.get(`save.${clip.settings.save.indexOf(format)}`);
  return item?.value ?? settingSpan(clip, setting, 'save');
}

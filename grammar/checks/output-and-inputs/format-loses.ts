import { FORMATS_WITH_TIME, lossesOf } from '../../../plan/format-limits.ts';
import type { OutputFormat } from '../../../plan/plan.ts';
import type { ClipContext } from '../../clip/context.ts';
import type { Problem } from '../../problem.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';
import { inWords } from '../in-words.ts';

/** What only some formats can store, and the setting that asks for it. Dropped frames are in `fps-limits`. */
const STORED = [
  { setting: 'audio', loss: 'sound', what: 'sound' },
  { setting: 'loop', loss: 'loop', what: 'loop count' },
] as const;

/** What one format of several loses. If all lose it, `setting-has-no-effect` reports it. */
export const formatLoses: Check = {
  code: 'travel/format-loses',
  run(clip) {
    const { fps, frames, loop, save, audio, video } = clip.settings;
    const hasSound = audio === 'keep' && video?.source !== undefined;
    const formats = [...new Set(save)].filter((format) => FORMATS_WITH_TIME.includes(format));
    return STORED.flatMap(({ setting, loss, what }): Problem[] => {
      const isLost = (format: OutputFormat) => lossesOf(format, { fps, frames, loop, hasSound }).includes(loss);
      const lost = formats.filter(isLost);
      const kept = formats.filter((format) => !isLost(format));
      if (kept.length === 0) return [];
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

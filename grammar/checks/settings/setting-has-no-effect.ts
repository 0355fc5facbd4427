import type { ClipContext } from '../../clip/context.ts';
import { FILE_START, type Problem } from '../../problem.ts';
import { settingName } from '../../settings/setting-name.ts';
import { type Check, removeSetting } from '../check.ts';
import { ineffectiveSettings, whyNoEffect } from '../ineffective-settings.ts';
import { REQUIREMENTS } from '../requirements.ts';

/**
 * Settings that this file or the command line sets, and negative prompts, although something that they need is missing.
 */
export const settingHasNoEffect: Check = {
  code: 'travel/setting-has-no-effect',
  run(clip) {
    const problem = (found: Pick<Problem, 'message' | 'span'> & Partial<Problem>): Problem => ({
      severity: 'warning',
      ...found,
      code: this.code,
    });
    return [...settingsWithoutEffect(clip), ...negativesWithoutEffect(clip)].map(problem);
  },
};

function settingsWithoutEffect(clip: ClipContext) {
  return ineffectiveSettings(clip).map(({ path, unmet, isWebuiDefault }) => {
    const span = clip.spans.get(path);
    const removal = span ? 'this line' : 'it from the command line';
    return {
      message: `“${settingName(path)}” ${whyNoEffect(unmet, removal)}`,
      severity: isWebuiDefault ? ('information' as const) : ('warning' as const),
      span: span?.key ?? FILE_START,
      fixes: span ? removeSetting(path, span, clip.document.text) : [],
    };
  });
}

/** The first `--neg`, with the others. In the webui dialect, it is a part of the positive prompt. */
function negativesWithoutEffect(clip: ClipContext) {
  const { document, settings } = clip;
  if (settings.dialect === 'webui' || REQUIREMENTS.guidance.isMet(clip)) return [];
  const [first, ...others] = document.keyframes.flatMap(({ negative }) => negative?.markers[0] ?? []);
  if (!first) return [];
  return [
    {
      message: `“--neg” ${whyNoEffect('guidance', 'it')}`,
      span: first,
      related: others.map((span) => ({ span, message: 'Has no effect, either.' })),
    },
  ];
}

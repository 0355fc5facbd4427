import type { ClipContext } from '../../clip/context.ts';
import { FILE_START, type Problem } from '../../problem.ts';
import { settingName } from '../../settings/setting-name.ts';
import { type Check, removeSetting } from '../check.ts';
import { ineffectiveSettings } from '../ineffective-settings.ts';
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
    const { reason, advice } = REQUIREMENTS[unmet];
    const span = clip.spans.get(path);
    // A setting of the command line has no line.
    const possible = span ? advice : advice.replace('emove this line', 'emove it from the command line');
    return {
      message: `“${settingName(path)}” has no effect ${reason}. ${possible}`,
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
  const { reason, advice } = REQUIREMENTS.guidance;
  return [
    {
      message: `“--neg” has no effect ${reason}. ${advice}`,
      span: first,
      related: others.map((span) => ({ span, message: 'Has no effect, either.' })),
    },
  ];
}

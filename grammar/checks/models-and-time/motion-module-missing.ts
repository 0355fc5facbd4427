import { BUILT_IN } from '../../clip/models.ts';
import { type Check, settingSpan } from '../check.ts';
import { nameAdvice } from '../name-advice.ts';

export const motionModuleMissing: Check = {
  code: 'travel/motion-module-missing',
  run(clip) {
    return clip.models.issues
      .filter((issue) => issue.kind === 'no-motion-module')
      .map(({ checkpoint }) => {
        const names = clip.environment.modelNames('motion-module').filter((name) => name !== BUILT_IN);
        const example = names[0] ?? 'v3_sd15_mm.ckpt';
        return {
          code: this.code,
          severity: 'error',
          message:
            `“${checkpoint}” has no motion module of its own. ${nameAdvice('motion module', names, null)} ` +
            `Write \`motion_module: ${example}\`, or \`motion_module: none\` for still frames.`,
          span: settingSpan(clip, 'checkpoint'),
          missingModel: { kind: 'motion-module', name: null },
        };
      });
  },
};

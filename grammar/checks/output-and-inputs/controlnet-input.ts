import { FILE_START } from '../../problem.ts';
import type { Check } from '../check.ts';

export const controlnetInput: Check = {
  code: 'travel/controlnet-input',
  run({ settings: { controlnet, video }, spans }) {
    if (video) return [];
    return controlnet.flatMap((unit, i) => {
      if (unit.image !== undefined || unit.batch !== undefined || unit.video !== undefined) return [];
      return [
        {
          code: this.code,
          severity: 'error',
          message: `ControlNet unit “${unit.model}” has no input. Set \`image\`, \`batch\` or \`video\` for this unit, or \`video\` for all units.`,
          span: spans.get(`controlnet.${i}.model`)?.value ?? spans.get('controlnet')?.key ?? FILE_START,
        },
      ];
    });
  },
};

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
          message: `The ControlNet unit “${unit.model}” has no picture to follow. Give it \`image\`, \`batch\` or \`video\`, or set \`video\` for all units.`,
          span: spans.get(`controlnet.${i}.model`)?.value ?? spans.get('controlnet')?.key ?? { start: 0, end: 0 },
        },
      ];
    });
  },
};

import { type Check, namingFile, settingSpan } from '../check.ts';

/** A unit that ends before it starts: it would never act. */
export const controlnetRange: Check = {
  code: 'travel/controlnet-range',
  run(clip) {
    return clip.settings.controlnet.flatMap(({ model, start, end }, i) => {
      if (start <= end) return [];
      const message =
        `ControlNet unit “${model}” ends before it starts. Its \`start\` is ${start}, and its \`end\` is ${end}, so it ` +
        'would never act. Write the smaller number as `start`.';
      return [
        {
          code: this.code,
          severity: 'error',
          message: namingFile(clip, 'controlnet', message),
          span: settingSpan(clip, `controlnet.${i}.start`, `controlnet.${i}.end`, `controlnet.${i}.model`),
        },
      ];
    });
  },
};

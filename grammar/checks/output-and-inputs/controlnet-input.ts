import { ownInputs } from '../../clip/controls.ts';
import { FILE_START } from '../../problem.ts';
import type { Check } from '../check.ts';

/** Units without an input, or with more than one, of which all but the first would be ignored. */
export const controlnetInput: Check = {
  code: 'travel/controlnet-input',
  run({ settings: { controlnet, video }, spans }) {
    return controlnet.flatMap((unit, i) => {
      const inputs = ownInputs(unit);
      const [first, second] = inputs;
      // One that cannot be read is reported.
      const isVideoSet = video !== undefined || spans.has('video');
      if (second === undefined && (first !== undefined || isVideoSet)) return [];
      const message =
        second === undefined
          ? `ControlNet unit “${unit.model}” has no input. Set \`image\`, \`batch\` or \`video\` for this unit, or \`video\` for all units.`
          : `ControlNet unit “${unit.model}” has ${inputs.length} inputs: ${inputs.map((key) => `\`${key}\``).join(', ')}. A unit takes one of them. Remove the others.`;
      return [
        {
          code: this.code,
          severity: 'error' as const,
          message,
          span:
            (second && spans.get(`controlnet.${i}.${second}`)?.key) ??
            spans.get(`controlnet.${i}.model`)?.value ??
            spans.get('controlnet')?.key ??
            FILE_START,
        },
      ];
    });
  },
};

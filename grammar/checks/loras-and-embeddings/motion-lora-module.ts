import { SUPPORTED_MOTION } from '../../../plan/model.ts';
import { loraSpan } from '../../clip/lora-tags.ts';
import type { Check } from '../check.ts';

/** Motion LoRAs are trained on the layers of v2 motion modules (guoyww/AnimateDiff, MotionLoRA). */
export const motionLoraModule: Check = {
  code: 'travel/motion-lora-module',
  run(clip) {
    const {
      models: { motionVersion },
      prompts: { loras },
      settings: { motion_module: moduleName },
    } = clip;
    if (motionVersion === 'v2') return [];
    // What is wrong with the motion module itself is reported there.
    if (motionVersion === null ? moduleName !== 'none' : !SUPPORTED_MOTION.includes(motionVersion)) return [];
    const effect =
      motionVersion === null
        ? 'No motion module is used here, so it has no effect.'
        : `The motion module here is ${motionVersion}, so it has little effect or lowers quality.`;
    return [...loras].flatMap(([name, { model }]) => {
      if (model?.description.kind !== 'motion-lora') return [];
      return [
        {
          code: this.code,
          severity: 'warning',
          message: `Motion LoRA “${model.name}” is made for v2 motion modules. ${effect} Use a v2 module, such as mm_sd_v15_v2.`,
          span: loraSpan(clip, name),
        },
      ];
    });
  },
};

import type { Check } from '../check.ts';

export const loraInNegativePrompt: Check = {
  code: 'travel/lora-in-negative-prompt',
  dialect: 'travel',
  run({ document: { keyframes } }) {
    return keyframes.flatMap(({ negative }) =>
      (negative?.prompt.parts ?? [])
        .filter(({ kind }) => kind === 'Network')
        .map(({ span }) => ({
          code: this.code,
          severity: 'warning',
          message:
            'A tag in a negative prompt has no effect. Use a LoRA with a negative weight in the positive prompt instead.',
          span,
        })),
    );
  },
};

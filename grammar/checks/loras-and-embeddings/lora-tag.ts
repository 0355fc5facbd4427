import { isLora, parseExtraNetworks, readLora } from '../../../prompt/extra-networks.ts';
import { documentSpan } from '../../syntax/document.ts';
import type { Check, PromptCheck } from '../check.ts';

export const loraTag: PromptCheck = {
  code: 'travel/lora-tag',
  *find(prompt) {
    for (const network of parseExtraNetworks(prompt.text).networks) {
      const span = documentSpan(prompt, network.start, network.end);
      if (isLora(network)) {
        const tag = readLora(network);
        if (!tag.ok) yield { code: this.code, severity: 'error', message: tag.problem, span };
      } else {
        const message = `Tags of the kind “${network.type}” are not available yet; this one does nothing.`;
        yield { code: this.code, severity: 'warning', message, span };
      }
    }
  },
};

export const negativeLora: Check = {
  code: 'travel/negative-lora',
  dialect: 'travel',
  run({ document: { keyframes } }) {
    return keyframes.flatMap(({ negative }) =>
      (negative?.prompt.parts ?? [])
        .filter(({ kind }) => kind === 'Network')
        .map(({ span }) => ({
          code: this.code,
          severity: 'warning',
          message:
            'A tag in a negative prompt does nothing. Give a LoRA a negative weight in the positive prompt instead.',
          span,
        })),
    );
  },
};

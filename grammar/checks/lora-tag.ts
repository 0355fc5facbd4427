import { isLora, parseExtraNetworks, readLora } from '../../prompt/extra-networks.ts';
import type { Problem } from '../../protocol/problem.ts';
import { documentSpan } from '../document.ts';
import { type Check, promptsOf } from './check.ts';

export const loraTag: Check = {
  code: 'travel/lora-tag',
  run({ document }) {
    return promptsOf(document).flatMap((prompt) =>
      parseExtraNetworks(prompt.text).networks.flatMap((network): Problem[] => {
        const span = documentSpan(prompt, network.start, network.end);
        if (!isLora(network)) {
          const message = `Tags of the kind “${network.type}” are not available yet; this one does nothing.`;
          return [{ code: this.code, severity: 'warning', message, span }];
        }
        const tag = readLora(network);
        return tag.ok ? [] : [{ code: this.code, severity: 'error', message: tag.problem, span }];
      }),
    );
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

import { isLora, parseExtraNetworks, readLora } from '../../../prompt/extra-networks.ts';
import { documentSpan } from '../../syntax/document.ts';
import type { PromptCheck } from '../check.ts';

export const loraTag: PromptCheck = {
  code: 'travel/lora-tag',
  *find(prompt) {
    for (const network of parseExtraNetworks(prompt.text).networks) {
      const span = documentSpan(prompt, network.start, network.end);
      if (isLora(network)) {
        const tag = readLora(network);
        if (!tag.ok) yield { code: this.code, severity: 'error', message: tag.problem, span };
      } else {
        const message = `“${network.type}” tags are not available yet. This one has no effect. Remove it.`;
        yield { code: this.code, severity: 'warning', message, span };
      }
    }
  },
};

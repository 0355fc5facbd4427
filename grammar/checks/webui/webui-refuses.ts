import type { Check } from '../check.ts';

export const webuiRefuses: Check = {
  code: 'travel/webui-refuses',
  dialect: 'webui',
  run({ document: { text, frontMatter }, prompts: { failure } }) {
    if (failure?.kind !== 'webui-refuses') return [];
    const message = `sd-webui-animatediff refuses this prompt. It stops with: ${failure.message}. Correct the prompt, or remove \`dialect: webui\`.`;
    const span = { start: frontMatter?.span.end ?? 0, end: text.length };
    return [{ code: this.code, severity: 'error', message, span }];
  },
};

import { FILE_START } from '../../problem.ts';
import type { Check } from '../check.ts';

export const promptTooLong: Check = {
  code: 'travel/prompt-too-long',
  run({ prompts: { failure } }) {
    if (failure?.kind !== 'too-long') return [];
    const message =
      'A prompt is longer than a million characters. Shorten it, or the definitions and wildcards that it uses.';
    return [{ code: this.code, severity: 'error', message, span: FILE_START }];
  },
};

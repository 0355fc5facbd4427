import { clipSkipMisfit } from '../../../plan/text-encoder.ts';
import { type Check, replace, settingSpan } from '../check.ts';

export const clipSkipBeyondLayers: Check = {
  code: 'travel/clip-skip-beyond-layers',
  run(clip) {
    const { promptEncoder: encoder } = clip.models;
    const message = encoder && clipSkipMisfit(clip.settings.clip_skip, encoder, `“${encoder.name}”`);
    if (!message) return [];
    const written = clip.spans.get('clip_skip')?.value;
    const { layers } = encoder;
    return [
      {
        code: this.code,
        severity: 'error',
        message,
        span: settingSpan(clip, 'clip_skip', 'text_encoder', 'checkpoint'),
        fixes: written ? [replace(`Set \`clip_skip\` to ${layers}`, written, `${layers}`)] : [],
      },
    ];
  },
};

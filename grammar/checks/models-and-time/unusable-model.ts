import { defectText } from '../../../plan/model.ts';
import type { ModelIssueOf } from '../../clip/models.ts';
import { type Check, settingSpan } from '../check.ts';

export const unusableModel: Check = {
  code: 'travel/unusable-model',
  run(clip) {
    return clip.models.issues
      .filter((issue) => issue.kind === 'unusable')
      .map((issue) => ({
        code: this.code,
        severity: 'error',
        message: explained(issue),
        span: settingSpan(clip, issue.setting),
      }));
  },
};

function explained({ name, reason }: ModelIssueOf<'unusable'>): string {
  switch (reason) {
    case 'v-prediction':
      return `“${name}” is a v-prediction model, which is not supported. It would render only noise. Use another checkpoint.`;
    case 'no-text-encoder':
      return `“${name}” has no CLIP text encoder. Prompts cannot be encoded without one. Use a complete checkpoint.`;
    case 'no-vae':
      return `“${name}” has no VAE. Frames cannot be decoded without one. Choose a VAE file with the setting \`vae\`.`;
    default:
      return (
        `“${name}” is damaged or of an unsupported type. It cannot be rendered, because ${defectText(reason)}. ` +
        'Download it again, or use another file.'
      );
  }
}

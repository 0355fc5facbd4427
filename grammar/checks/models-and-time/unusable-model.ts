import { GET_AGAIN_OR_ANOTHER } from '../../../plan/get-again.ts';
import { defectText } from '../../../plan/model.ts';
import { loraSpan } from '../../clip/lora-tags.ts';
import type { ModelIssueOf } from '../../clip/model-issues.ts';
import { type Check, settingSpan } from '../check.ts';

export const unusableModel: Check = {
  code: 'travel/unusable-model',
  run(clip) {
    const settings = clip.models.issues
      .filter((issue) => issue.kind === 'unusable')
      .map((issue) => ({ message: explained(issue), span: settingSpan(clip, issue.setting) }));
    const loras = [...clip.prompts.loras].flatMap(([name, { unreadable }]) =>
      unreadable === null ? [] : [{ message: explained({ name, reason: { unreadable } }), span: loraSpan(clip, name) }],
    );
    return [...settings, ...loras].map((found) => ({ code: this.code, severity: 'error', ...found }));
  },
};

function explained({ name, reason }: Pick<ModelIssueOf<'unusable'>, 'name' | 'reason'>): string {
  if (typeof reason === 'object' && 'unreadable' in reason) return `“${name}” cannot be read. ${reason.unreadable}`;
  if (typeof reason === 'object' && 'width' in reason) {
    return (
      `“${name}” is a text encoder of another model family. It encodes a token as ${reason.width} values, and the ` +
      `checkpoint needs ${reason.needed}. Stable Diffusion 1.5’s is also published as \`clip_l\`.`
    );
  }
  switch (reason) {
    case 'no-text-encoder':
      return `“${name}” has no CLIP text encoder. Prompts cannot be encoded without one. Choose one with the setting \`text_encoder\`, or use a complete checkpoint.`;
    case 'no-vae':
      return `“${name}” has no VAE. Frames cannot be decoded without one. Choose a VAE file with the setting \`vae\`.`;
    case 'no-decoder':
      return `“${name}” is the encoder of TAESD. Frames cannot be decoded with it. Use its decoder, \`taesd_decoder\`.`;
    case 'no-encoder':
      return `“${name}” only decodes. Images cannot be encoded with it, and the checkpoint has no VAE. Put \`taesd_encoder\` beside it, or use another VAE.`;
    default:
      return (
        `“${name}” is damaged or of an unsupported type. It cannot be rendered, because ${defectText(reason)}. ` +
        GET_AGAIN_OR_ANOTHER
      );
  }
}

import type { ModelDescription } from '../../../plan/model.ts';
import type { ClipContext } from '../../clip/context.ts';
import type { NamedModelKind } from '../../clip/environment.ts';
import { loraSpan } from '../../clip/lora-tags.ts';
import { KIND_NAMES } from '../../clip/models.ts';
import type { TextSpan } from '../../problem.ts';
import { type Check, settingSpan } from '../check.ts';

export const wrongModelKind: Check = {
  code: 'travel/wrong-model-kind',
  run(clip) {
    return [...settings(clip), ...loras(clip)].map(({ name, description, expected, span }) => ({
      code: this.code,
      severity: 'error',
      message: explained(name, description, expected),
      span,
    }));
  },
};

interface WrongKind {
  readonly name: string;
  readonly description: ModelDescription;
  readonly expected: NamedModelKind;
  readonly span: TextSpan;
}

function settings(clip: ClipContext): WrongKind[] {
  return clip.models.issues
    .filter((issue) => issue.kind === 'wrong-kind')
    .map(({ name, description, model, setting }) => ({
      name,
      description,
      expected: model,
      span: settingSpan(clip, setting),
    }));
}

function loras(clip: ClipContext): WrongKind[] {
  return [...clip.prompts.loras].flatMap(([written, { model }]): WrongKind[] => {
    const kind = model?.description.kind;
    if (!model || kind === 'lora' || kind === 'motion-lora') return [];
    const { name, description } = model;
    return [{ name, description, expected: 'lora', span: loraSpan(clip, written) }];
  });
}

const KINDS: Readonly<Record<Exclude<ModelDescription['kind'], 'unsupported'>, string>> = {
  checkpoint: 'a checkpoint',
  'text-encoder': 'a text encoder',
  vae: 'a VAE',
  'motion-module': 'a motion module',
  'motion-lora': 'a motion LoRA',
  lora: 'a LoRA',
  embedding: 'an embedding',
  controlnet: 'a ControlNet model',
  film: 'a frame interpolation model',
  unknown: 'an unknown kind of file',
};

function explained(name: string, description: ModelDescription, expected: NamedModelKind): string {
  return description.kind === 'unsupported'
    ? `“${name}” is ${description.what}, which is not supported. ${ADVICE[expected]}`
    : `“${name}” is ${KINDS[description.kind]}, not a ${KIND_NAMES[expected]}. Choose another file.`;
}

const ADVICE: Readonly<Record<NamedModelKind, string>> = {
  checkpoint: 'Use an SD 1.5 checkpoint.',
  'text-encoder': 'Use the CLIP text encoder of SD 1.5.',
  vae: 'Use a VAE for SD 1.5, as a single file.',
  'motion-module': 'Use an AnimateDiff motion module for SD 1.5.',
  lora: 'Use a LoRA made for SD 1.5.',
  embedding: 'Use an embedding made for SD 1.5.',
  controlnet: 'Use a ControlNet for SD 1.5.',
  film: 'Use film_net_fp16.pt.',
};

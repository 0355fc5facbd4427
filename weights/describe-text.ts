import {
  FAMILY_NAMES,
  type ModelDescription,
  type ModelFamily,
  type MotionVersion,
  SUPPORTED_INPUTS,
  SUPPORTED_MOTION,
} from '../plan/model.ts';

const MOTION_VERSIONS: Readonly<Record<MotionVersion, string>> = {
  v1: 'AnimateDiff v1',
  v2: 'AnimateDiff v2',
  v3: 'AnimateDiff v3',
  sdxl: 'AnimateDiff SDXL',
  'hotshot-xl': 'HotShot-XL',
};

/**
 * One line, such as "Stable Diffusion 1 checkpoint with text encoder and VAE, for 512×512", and whether it is
 * supported.
 */
export function describeText(model: ModelDescription): string {
  return `${contents(model)}${isSupported(model) ? '' : ' (not supported)'}`;
}

/** The family that a model belongs to or works with; null if its file does not show it. */
export function baseOf(model: ModelDescription): ModelFamily | null {
  switch (model.kind) {
    case 'checkpoint':
    case 'lora':
    case 'controlnet':
      return model.family === 'unknown' ? null : model.family;
    case 'motion-module':
      return SUPPORTED_MOTION.includes(model.version) ? 'sd1' : 'sdxl';
    case 'text-encoder':
    case 'embedding':
      return { 768: 'sd1' as const, 1024: 'sd2' as const }[model.width] ?? null;
    default:
      return null;
  }
}

/** Whether files of this family can be rendered, as far as the family decides it. */
export function isSupported(model: ModelDescription): boolean {
  switch (model.kind) {
    case 'checkpoint':
      return model.family === 'sd1' && SUPPORTED_INPUTS.includes(model.inputChannels);
    case 'motion-module':
      return SUPPORTED_MOTION.includes(model.version);
    case 'lora':
      return model.family === 'sd1' || model.family === 'unknown';
    case 'controlnet':
      return model.family === 'sd1';
    case 'unsupported':
      return false;
    default:
      return true;
  }
}

function contents(model: ModelDescription): string {
  switch (model.kind) {
    case 'checkpoint': {
      const inputs =
        { 9: 'inpainting checkpoint', 8: 'InstructPix2Pix checkpoint' }[model.inputChannels] ?? 'checkpoint';
      const has = [model.hasTextEncoder && 'text encoder', model.vaeChannels !== null && 'VAE'].filter(
        (part) => part !== false,
      );
      const parts = has.length === 0 ? 'UNet only' : `with ${has.join(' and ')}`;
      const predicts = [
        model.embedsGuidance && 'LCM',
        model.vPrediction && 'v-prediction',
        model.zeroTerminalSnr && 'zero terminal SNR',
      ].filter((part) => part !== undefined);
      const kind = predicts.length === 0 ? '' : ` (${predicts.join(', ')})`;
      const size = model.nativeSize ? `, for ${model.nativeSize.join('×')}` : '';
      return `${FAMILY_NAMES[model.family]} ${inputs}${kind} ${parts}${size}`;
    }
    case 'motion-module':
      // A damaged one may have no positions.
      return `${MOTION_VERSIONS[model.version]} motion module${model.positions === 0 ? '' : `, up to ${model.positions} frames in a context`}`;
    case 'motion-lora':
      return `Motion LoRA, rank ${model.rank}`;
    case 'lora': {
      const acts = [model.unet && 'UNet', model.textEncoder && 'text encoder'].filter((part) => part !== false);
      const methods = model.methods ? ` (${model.methods.join(', ')})` : '';
      const kind = `LoRA${methods}${model.convolutions ? ' with convolutions' : ''}`;
      const rank = model.rank === 0 ? '' : `, rank ${model.rank}`;
      return `${kind} (${FAMILY_NAMES[model.family]})${rank}, for ${acts.join(' and ')}`;
    }
    case 'vae':
      return `${model.small ? 'Small VAE (TAESD)' : 'VAE'}${model.only ? `, ${model.only} only` : ''}`;
    case 'text-encoder':
      return `CLIP text encoder, width ${model.width}`;
    case 'embedding':
      return `Embedding of ${model.vectors} ${model.vectors === 1 ? 'vector' : 'vectors'}, width ${model.width}`;
    case 'controlnet':
      return `${model.lora ? 'Control-LoRA' : 'ControlNet'} (${FAMILY_NAMES[model.family]})`;
    case 'film':
      return model.timed ? 'FILM frame interpolation' : 'FILM frame interpolation, first version';
    case 'unsupported':
      return model.what.replace(/^an? (.)/, (_, first: string) => first.toUpperCase());
    case 'unknown':
      return `Unknown model file; its first tensors are ${model.sampleKeys.join(', ')}`;
  }
}

import type { ModelDescription, ModelFamily, MotionVersion } from '../plan/model.ts';

const FAMILIES: Readonly<Record<ModelFamily, string>> = {
  sd1: 'Stable Diffusion 1',
  sd2: 'Stable Diffusion 2',
  sdxl: 'SDXL',
  unknown: 'unknown family',
};

const MOTION_VERSIONS: Readonly<Record<MotionVersion, string>> = {
  v1: 'AnimateDiff v1',
  v2: 'AnimateDiff v2',
  v3: 'AnimateDiff v3',
  sdxl: 'AnimateDiff SDXL',
  'hotshot-xl': 'HotShot-XL',
};

/** One line, such as "Stable Diffusion 1 checkpoint with text encoder and VAE, for 512×512". */
export function describeText(model: ModelDescription): string {
  switch (model.kind) {
    case 'checkpoint': {
      const inputs = model.inputChannels === 9 ? 'inpainting checkpoint' : 'checkpoint';
      const has = [model.hasTextEncoder && 'text encoder', model.vaeChannels !== null && 'VAE'].filter(
        (part) => part !== false,
      );
      const parts = has.length === 0 ? 'UNet only' : `with ${has.join(' and ')}`;
      const size = model.nativeSize ? `, for ${model.nativeSize.join('×')}` : '';
      return `${FAMILIES[model.family]} ${inputs} ${parts}${size}`;
    }
    case 'motion-module':
      return `${MOTION_VERSIONS[model.version]} motion module, up to ${model.positions} frames in a context`;
    case 'motion-lora':
      return `Motion LoRA, rank ${model.rank}`;
    case 'lora': {
      const acts = [model.unet && 'UNet', model.textEncoder && 'text encoder'].filter((part) => part !== false);
      const kind = model.convolutions ? 'LoRA with convolutions' : 'LoRA';
      return `${kind} (${FAMILIES[model.family]}), rank ${model.rank}, for ${acts.join(' and ')}`;
    }
    case 'vae':
      return 'VAE';
    case 'embedding':
      return `Embedding of ${model.vectors} ${model.vectors === 1 ? 'vector' : 'vectors'}, width ${model.width}`;
    case 'controlnet':
      return `ControlNet (${FAMILIES[model.family]})`;
    case 'unknown':
      return `Unknown model file; its first tensors are ${model.sampleKeys.join(', ')}`;
  }
}

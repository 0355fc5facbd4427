/**
 * The widgets of nodes in the order in which the editor stores their values. `control` stands for
 * `control_after_generate`, which the editor adds behind a seed.
 *
 * Sources: `INPUT_TYPES` of ComfyUI `nodes.py`, AnimateDiff-Evolved, FizzNodes, VideoHelperSuite, ComfyUI-Frame-Interpolation.
 */
export const WIDGETS: Readonly<Record<string, readonly string[]>> = {
  CheckpointLoaderSimple: ['ckpt_name'],
  CheckpointLoaderSimpleWithNoiseSelect: ['ckpt_name', 'beta_schedule', 'use_custom_scale_factor', 'scale_factor'],
  CLIPSetLastLayer: ['stop_at_clip_layer'],
  CLIPTextEncode: ['text'],
  LoraLoader: ['lora_name', 'strength_model', 'strength_clip'],
  LoraLoaderModelOnly: ['lora_name', 'strength_model'],
  VAELoader: ['vae_name'],
  EmptyLatentImage: ['width', 'height', 'batch_size'],
  ADE_EmptyLatentImageLarge: ['width', 'height', 'batch_size'],
  RepeatLatentBatch: ['amount'],
  LatentUpscaleBy: ['upscale_method', 'scale_by'],
  LatentUpscale: ['upscale_method', 'width', 'height', 'crop'],
  LoadImage: ['image', 'upload'],
  KSampler: ['seed', 'control', 'steps', 'cfg', 'sampler_name', 'scheduler', 'denoise'],
  KSamplerAdvanced: [
    'add_noise',
    'noise_seed',
    'control',
    'steps',
    'cfg',
    'sampler_name',
    'scheduler',
    'start_at_step',
    'end_at_step',
    'return_with_leftover_noise',
  ],
  ControlNetLoader: ['control_net_name'],
  ControlNetLoaderAdvanced: ['control_net_name'],
  ControlNetApply: ['strength'],
  ControlNetApplyAdvanced: ['strength', 'start_percent', 'end_percent'],
  SaveImage: ['filename_prefix'],
  SaveAnimatedWEBP: ['filename_prefix', 'fps', 'lossless', 'quality', 'method'],
  SaveAnimatedPNG: ['filename_prefix', 'fps', 'compress_level'],
  PrimitiveString: ['value'],
  PrimitiveStringMultiline: ['value'],
  PrimitiveInt: ['value', 'control'],
  PrimitiveFloat: ['value'],
  BatchPromptSchedule: ['text', 'max_frames', 'print_output', 'start_frame', 'end_frame'],
  BatchPromptScheduleLatentInput: ['text', 'print_output', 'start_frame', 'end_frame'],
  PromptSchedule: ['text', 'max_frames', 'current_frame', 'print_output'],
  ADE_PromptScheduling: ['prompts', 'print_schedule', 'max_length', 'tensor_interp'],
  ADE_ValueScheduling: ['values', 'print_schedule', 'max_length'],
  ADE_MultivalDynamic: ['float_val'],
  ADE_AnimateDiffLoaderGen1: ['model_name', 'beta_schedule'],
  ADE_AnimateDiffLoaderWithContext: ['model_name', 'beta_schedule', 'motion_scale', 'apply_v2_models_properly'],
  ADE_LoadAnimateDiffModel: ['model_name'],
  ADE_ApplyAnimateDiffModelSimple: [],
  ADE_ApplyAnimateDiffModel: ['start_percent', 'end_percent'],
  ADE_UseEvolvedSampling: ['beta_schedule'],
  ADE_AnimateDiffLoRALoader: ['name', 'strength'],
  ADE_AnimateDiffSamplingSettings: ['batch_offset', 'noise_type', 'seed_gen', 'seed_offset', 'adapt_denoise_steps'],
  ADE_StandardStaticContextOptions: ['context_length', 'context_overlap', 'fuse_method', 'use_on_equal_length'],
  ADE_StandardUniformContextOptions: [
    'context_length',
    'context_stride',
    'context_overlap',
    'fuse_method',
    'use_on_equal_length',
  ],
  ADE_LoopedUniformContextOptions: [
    'context_length',
    'context_stride',
    'context_overlap',
    'closed_loop',
    'fuse_method',
    'use_on_equal_length',
  ],
  ADE_AnimateDiffUniformContextOptions: [
    'context_length',
    'context_stride',
    'context_overlap',
    'context_schedule',
    'closed_loop',
    'fuse_method',
    'use_on_equal_length',
  ],
  'FILM VFI': ['ckpt_name', 'clear_cache_after_n_frames', 'multiplier'],
  'RIFE VFI': ['ckpt_name', 'clear_cache_after_n_frames', 'multiplier', 'fast_mode', 'ensemble', 'scale_factor'],
  VHS_VideoCombine: ['frame_rate', 'loop_count', 'filename_prefix', 'format', 'pingpong', 'save_output'],
};

/** Nodes of the editor that hold one value and are not run. */
export const PRIMITIVE = 'PrimitiveNode';
/** Nodes of the editor without an effect. */
export const REMARKS: ReadonlySet<string> = new Set(['Note', 'MarkdownNote']);
export const REROUTE = 'Reroute';

import { isMap, type Json } from '../json.ts';

/**
 * The widgets of nodes in the order in which the editor stores their values. `control` stands for
 * `control_after_generate`, which the editor adds behind a seed.
 *
 * Sources: `INPUT_TYPES` of ComfyUI `nodes.py`, AnimateDiff-Evolved, Advanced-ControlNet, VideoHelperSuite,
 * ComfyUI-Frame-Interpolation, comfyui_controlnet_aux, and the packages that `value-nodes.ts` and `lora-nodes.ts` name.
 */
const WIDGETS: Readonly<Record<string, readonly string[]>> = {
  CheckpointLoaderSimple: ['ckpt_name'],
  CheckpointLoaderSimpleWithNoiseSelect: ['ckpt_name', 'beta_schedule', 'use_custom_scale_factor', 'scale_factor'],
  CLIPLoader: ['clip_name', 'type', 'device'],
  CLIPSetLastLayer: ['stop_at_clip_layer'],
  CLIPTextEncode: ['text'],
  LoraLoader: ['lora_name', 'strength_model', 'strength_clip'],
  LoraLoaderModelOnly: ['lora_name', 'strength_model'],
  VAELoader: ['vae_name'],
  EmptyLatentImage: ['width', 'height', 'batch_size'],
  ADE_EmptyLatentImageLarge: ['width', 'height', 'batch_size'],
  RepeatLatentBatch: ['amount'],
  VHS_DuplicateLatents: ['multiply_by'],
  ImageScale: ['upscale_method', 'width', 'height', 'crop'],
  ImageScaleBy: ['upscale_method', 'scale_by'],
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
  SamplerCustom: ['add_noise', 'noise_seed', 'control', 'cfg'],
  RandomNoise: ['noise_seed', 'control'],
  CFGGuider: ['cfg'],
  KSamplerSelect: ['sampler_name'],
  BasicScheduler: ['scheduler', 'steps', 'denoise'],
  LCMScheduler: ['steps', 'denoise'],
  KarrasScheduler: ['steps', 'sigma_max', 'sigma_min', 'rho'],
  ExponentialScheduler: ['steps', 'sigma_max', 'sigma_min'],
  PolyexponentialScheduler: ['steps', 'sigma_max', 'sigma_min', 'rho'],
  BetaSamplingScheduler: ['steps', 'alpha', 'beta'],
  SDTurboScheduler: ['steps', 'denoise'],
  VPScheduler: ['steps', 'beta_d', 'beta_min', 'eps_s'],
  LaplaceScheduler: ['steps', 'sigma_max', 'sigma_min', 'mu', 'beta'],
  AlignYourStepsScheduler: ['model_type', 'steps', 'denoise'],
  ManualSigmas: ['sigmas'],
  SplitSigmas: ['step'],
  SplitSigmasDenoise: ['denoise'],
  SetFirstSigma: ['sigma'],
  ADE_SigmaSchedule: ['beta_schedule'],
  ADE_SigmaScheduleToSigmas: ['scheduler', 'steps', 'denoise'],
  SamplerEulerAncestral: ['eta', 's_noise'],
  SamplerDPMPP_2S_Ancestral: ['eta', 's_noise'],
  SamplerDPMPP_SDE: ['eta', 's_noise', 'r', 'noise_device'],
  SamplerDPMPP_2M_SDE: ['solver_type', 'eta', 's_noise', 'noise_device'],
  SamplerDPMPP_3M_SDE: ['eta', 's_noise', 'noise_device'],
  SamplerLMS: ['order'],
  BNK_CLIPTextEncodeAdvanced: ['text', 'token_normalization', 'weight_interpretation'],
  'CheckpointLoader|pysssss': ['ckpt_name', 'example'],
  'LoraLoader|pysssss': ['lora_name', 'strength_model', 'strength_clip', 'example'],
  'Efficient Loader': [
    'ckpt_name',
    'vae_name',
    'clip_skip',
    'lora_name',
    'lora_model_strength',
    'lora_clip_strength',
    'positive',
    'negative',
    'token_normalization',
    'weight_interpretation',
    'empty_latent_width',
    'empty_latent_height',
    'batch_size',
  ],
  'KSampler (Efficient)': ['seed', 'control', 'steps', 'cfg', 'sampler_name', 'scheduler', 'denoise'],
  ControlNetLoader: ['control_net_name'],
  ControlNetLoaderAdvanced: ['control_net_name'],
  ControlNetApply: ['strength'],
  ControlNetApplyAdvanced: ['strength', 'start_percent', 'end_percent'],
  ControlNetApplySD3: ['strength', 'start_percent', 'end_percent'],
  ACN_AdvancedControlNetApply: ['strength', 'start_percent', 'end_percent'],
  ACN_AdvancedControlNetApply_v2: ['strength', 'start_percent', 'end_percent'],
  ModelSamplingDiscrete: ['sampling', 'zsnr'],
  FreeU: ['b1', 'b2', 's1', 's2'],
  FreeU_V2: ['b1', 'b2', 's1', 's2'],
  CannyEdgePreprocessor: ['low_threshold', 'high_threshold', 'resolution'],
  Canny: ['low_threshold', 'high_threshold'],
  DWPreprocessor: ['detect_hand', 'detect_body', 'detect_face', 'resolution', 'bbox_detector', 'pose_estimator'],
  OpenposePreprocessor: ['detect_hand', 'detect_body', 'detect_face', 'resolution'],
  LineArtPreprocessor: ['coarse', 'resolution'],
  AnimeLineArtPreprocessor: ['resolution'],
  LineartStandardPreprocessor: ['guassian_sigma', 'intensity_threshold', 'resolution'],
  HEDPreprocessor: ['safe', 'resolution'],
  PiDiNetPreprocessor: ['safe', 'resolution'],
  TEEDPreprocessor: ['safe_steps', 'resolution'],
  FakeScribblePreprocessor: ['safe', 'resolution'],
  Scribble_PiDiNet_Preprocessor: ['safe', 'resolution'],
  Scribble_XDoG_Preprocessor: ['threshold', 'resolution'],
  'MiDaS-DepthMapPreprocessor': ['a', 'bg_threshold', 'resolution'],
  'Zoe-DepthMapPreprocessor': ['resolution'],
  DepthAnythingPreprocessor: ['ckpt_name', 'resolution'],
  DepthAnythingV2Preprocessor: ['ckpt_name', 'resolution'],
  'MiDaS-NormalMapPreprocessor': ['a', 'bg_threshold', 'resolution'],
  'BAE-NormalMapPreprocessor': ['resolution'],
  'DSINE-NormalMapPreprocessor': ['fov', 'iterations', 'resolution'],
  'M-LSDPreprocessor': ['score_threshold', 'dist_threshold', 'resolution'],
  TilePreprocessor: ['pyrUp_iters', 'resolution'],
  AIO_Preprocessor: ['preprocessor', 'resolution'],
  'ImageResize+': ['width', 'height', 'interpolation', 'keep_proportion', 'condition', 'multiple_of'],
  ImageResizeKJ: ['width', 'height', 'upscale_method', 'keep_proportion', 'divisible_by'],
  ImageResizeKJv2: [
    'width',
    'height',
    'upscale_method',
    'keep_proportion',
    'pad_color',
    'crop_position',
    'divisible_by',
  ],
  Seed: ['seed', 'control'],
  'Seed (rgthree)': ['seed'],
  'Seed Everywhere': ['seed', 'control'],
  'ttN seed': ['seed', 'control'],
  'easy seed': ['seed', 'control'],
  'CR Seed': ['seed', 'control'],
  StringConstantMultiline: ['string', 'strip_newlines'],
  'Load Lora': ['lora_name', 'strength_model', 'strength_clip'],
  'Lora Loader': ['lora_name', 'strength_model', 'strength_clip'],
  'CR LoRA Stack': [1, 2, 3].flatMap((i) => [`switch_${i}`, `lora_name_${i}`, `model_weight_${i}`, `clip_weight_${i}`]),
  'Lora Loader Stack (rgthree)': [1, 2, 3, 4].flatMap((i) => [`lora_0${i}`, `strength_0${i}`]),
  SaveImage: ['filename_prefix'],
  SaveAnimatedWEBP: ['filename_prefix', 'fps', 'lossless', 'quality', 'method'],
  SaveAnimatedPNG: ['filename_prefix', 'fps', 'compress_level'],
  PrimitiveString: ['value'],
  PrimitiveStringMultiline: ['value'],
  PrimitiveInt: ['value', 'control'],
  PrimitiveFloat: ['value'],
  ADE_PromptScheduling: ['prompts', 'print_schedule', 'max_length', 'tensor_interp'],
  ADE_ValueScheduling: ['values', 'print_schedule', 'max_length'],
  ADE_MultivalDynamic: ['float_val'],
  ADE_AnimateDiffLoaderGen1: ['model_name', 'beta_schedule'],
  ADE_AnimateDiffLoaderWithContext: ['model_name', 'beta_schedule', 'motion_scale', 'apply_v2_models_properly'],
  ADE_LoadAnimateDiffModel: ['model_name'],
  ADE_ApplyAnimateDiffModelSimple: [],
  ADE_ApplyAnimateDiffModel: ['start_percent', 'end_percent'],
  ADE_ApplyAnimateLCMI2VModel: ['ref_drift', 'apply_ref_when_disabled', 'start_percent', 'end_percent'],
  ADE_ApplyAnimateDiffModelWithCameraCtrl: ['start_percent', 'end_percent'],
  ADE_ApplyAnimateDiffModelWithPIA: ['start_percent', 'end_percent'],
  ADE_LoadAnimateLCMI2VModel: ['model_name'],
  ADE_LoadAnimateDiffModelWithCameraCtrl: ['model_name', 'camera_ctrl'],
  ADE_InjectI2VIntoAnimateDiffModel: ['model_name'],
  ADE_InjectPIAIntoAnimateDiffModel: ['model_name'],
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
  // Before VideoHelperSuite.
  AnimateDiffCombine: ['frame_rate', 'loop_count', 'save_image', 'filename_prefix', 'format', 'pingpong'],
  ADE_AnimateDiffCombine: ['frame_rate', 'loop_count', 'save_image', 'filename_prefix', 'format', 'pingpong'],
  AnimateDiffLoaderV1: ['model_name', 'unlimited_area_hack', 'beta_schedule'],
  ADE_AnimateDiffLoaderV1Advanced: [
    'model_name',
    'unlimited_area_hack',
    'context_length',
    'context_stride',
    'context_overlap',
    'context_schedule',
    'closed_loop',
    'beta_schedule',
  ],
  LoadVideo: ['video', 'upload', 'frame_start', 'frame_limit'],
  VHS_VideoCombine: ['frame_rate', 'loop_count', 'filename_prefix', 'format', 'pingpong', 'save_output'],
};

/** The first widgets of FizzNodes' schedules. */
const SCHEDULES: Readonly<Record<string, readonly string[]>> = {
  BatchPromptSchedule: ['text', 'max_frames'],
  BatchPromptScheduleLatentInput: ['text'],
  PromptSchedule: ['text', 'max_frames', 'current_frame'],
};
const WEIGHTS = ['pw_a', 'pw_b', 'pw_c', 'pw_d'];

/** The names of a node's widgets; undefined if they are not known. */
export function widgetNames(type: string, values: readonly Json[]): readonly string[] | undefined {
  const schedule = Object.hasOwn(SCHEDULES, type) ? SCHEDULES[type] : undefined;
  if (schedule) return scheduleNames(schedule, values);
  if (type === 'Power Lora Loader (rgthree)') return powerLoraNames(values);
  return Object.hasOwn(WIDGETS, type) ? WIDGETS[type] : undefined;
}

/**
 * The widgets of FizzNodes' schedules, which versions differ in: the first ones do not print, and text before and after
 * became inputs later.
 */
function scheduleNames(first: readonly string[], values: readonly Json[]): readonly string[] {
  const others = values.slice(first.length);
  const prints = typeof others[0] === 'boolean' || others.filter((value) => typeof value === 'string').length > 2;
  const rest = prints ? others.slice(1) : others;
  const known = prints ? [...first, 'print_output'] : first;
  if (typeof rest[0] !== 'string') return [...known, 'start_frame', 'end_frame'];
  const shown = ['start_frame', 'end_frame'].slice(0, Math.max(0, rest.length - 2 - WEIGHTS.length));
  return [...known, 'pre_text', 'app_text', ...shown, ...WEIGHTS];
}

/** A LoRA each, between a heading and buttons. */
function powerLoraNames(values: readonly Json[]): readonly string[] {
  return values.map((value, i) => (isMap(value) && value.has('lora') ? `lora_${i}` : 'control'));
}

/** Nodes of the editor that hold one value and are not run. */
export const PRIMITIVE = 'PrimitiveNode';
/** Nodes of the editor without an effect. */
export const REMARKS: ReadonlySet<string> = new Set(['Note', 'MarkdownNote']);
export const REROUTE = 'Reroute';

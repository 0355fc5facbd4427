/**
 * Names of other tools and their equivalents here, which are A1111's. `null`: there is none.
 *
 * Sources: A1111 `modules/sd_samplers_*.py`, `modules/sd_schedulers.py`; animatediff-cli-prompt-travel
 * `schedulers.py`; ComfyUI `comfy/samplers.py`.
 */

/** A sampler and its schedule; `uniform` and `normal` are one schedule. */
export type SamplerPair = readonly [sampler: string, schedule: string];

/** The first name of a value; undefined if it has none. */
export const nameOf = <T>(names: ReadonlyMap<string, T>, value: T): string | undefined =>
  [...names].find(([, own]) => own === value)?.[0];

/** The first name of a sampler with a schedule; null if it has none. */
export const pairName = (names: ReadonlyMap<string, SamplerPair>, [sampler, schedule]: SamplerPair): string | null =>
  [...names].find(([, pair]) => pair[0] === sampler && pair[1] === schedule)?.[0] ?? null;

/** Samplers of A1111 before 1.9, whose names contain their schedules. */
export const A1111_BEFORE_1_9: ReadonlyMap<string, SamplerPair> = new Map<string, SamplerPair>([
  ['DPM++ 2M Karras', ['DPM++ 2M', 'karras']],
  ['DPM++ 2M', ['DPM++ 2M', 'uniform']],
  ['DPM++ SDE Karras', ['DPM++ SDE', 'karras']],
  ['DPM++ SDE', ['DPM++ SDE', 'uniform']],
  ['DPM++ 2M SDE Karras', ['DPM++ 2M SDE', 'karras']],
  ['DPM++ 2M SDE Exponential', ['DPM++ 2M SDE', 'exponential']],
  ['DPM++ 2M SDE', ['DPM++ 2M SDE', 'uniform']],
  ['DPM++ 2M SDE Heun Karras', ['DPM++ 2M SDE Heun', 'karras']],
  ['DPM++ 2M SDE Heun Exponential', ['DPM++ 2M SDE Heun', 'exponential']],
  ['DPM++ 2M SDE Heun', ['DPM++ 2M SDE Heun', 'uniform']],
  ['DPM++ 3M SDE Karras', ['DPM++ 3M SDE', 'karras']],
  ['DPM++ 3M SDE Exponential', ['DPM++ 3M SDE', 'exponential']],
  ['DPM++ 3M SDE', ['DPM++ 3M SDE', 'uniform']],
  ['DPM++ 2S a Karras', ['DPM++ 2S a', 'karras']],
  ['DPM++ 2S a', ['DPM++ 2S a', 'uniform']],
  ['DPM2 Karras', ['DPM2', 'karras']],
  ['DPM2', ['DPM2', 'uniform']],
  ['DPM2 a Karras', ['DPM2 a', 'karras']],
  ['DPM2 a', ['DPM2 a', 'uniform']],
  ['LMS Karras', ['LMS', 'karras']],
  ['LMS', ['LMS', 'uniform']],
  ['Restart', ['Restart', 'karras']],
  ['Euler a', ['Euler a', 'uniform']],
  ['Euler', ['Euler', 'uniform']],
  ['Heun', ['Heun', 'uniform']],
  ['DPM fast', ['DPM fast', 'uniform']],
  ['DPM adaptive', ['DPM adaptive', 'uniform']],
  ['DDIM', ['DDIM', 'uniform']],
  ['DDIM CFG++', ['DDIM CFG++', 'uniform']],
  ['PLMS', ['PLMS', 'uniform']],
  ['UniPC', ['UniPC', 'uniform']],
  ['LCM', ['LCM', 'uniform']],
]);

/** A1111's schedule types, as its infotext shows them. */
export const A1111_SCHEDULE_LABELS: ReadonlyMap<string, string | null> = new Map<string, string | null>([
  ['Automatic', 'automatic'],
  ['Uniform', 'uniform'],
  ['Karras', 'karras'],
  ['Exponential', 'exponential'],
  ['Polyexponential', 'polyexponential'],
  ['SGM Uniform', 'sgm_uniform'],
  ['SGMUniform', 'sgm_uniform'],
  ['KL Optimal', 'kl_optimal'],
  ['Align Your Steps', 'align_your_steps'],
  ['Simple', 'simple'],
  ['Normal', 'normal'],
  ['DDIM', 'ddim'],
  ['Beta', 'beta'],
  ['Karras Exponential', null],
  ['Turbo', null],
  ['Align Your Steps GITS', null],
  ['Align Your Steps 11', null],
  ['Align Your Steps 32', null],
]);

/** Schedulers of animatediff-cli. */
export const CLI_SCHEDULERS: ReadonlyMap<string, SamplerPair> = new Map<string, SamplerPair>([
  ['lcm', ['LCM', 'uniform']],
  ['ddim', ['DDIM', 'uniform']],
  ['pndm', ['PLMS', 'uniform']],
  ['heun', ['Heun', 'uniform']],
  ['unipc', ['UniPC', 'uniform']],
  ['euler', ['Euler', 'uniform']],
  ['euler_a', ['Euler a', 'uniform']],
  ['lms', ['LMS', 'uniform']],
  ['k_lms', ['LMS', 'karras']],
  ['dpm_2', ['DPM2', 'uniform']],
  ['k_dpm_2', ['DPM2', 'karras']],
  ['dpm_2_a', ['DPM2 a', 'uniform']],
  ['k_dpm_2_a', ['DPM2 a', 'karras']],
  ['dpmpp_2m', ['DPM++ 2M', 'uniform']],
  ['k_dpmpp_2m', ['DPM++ 2M', 'karras']],
  ['dpmpp_sde', ['DPM++ SDE', 'uniform']],
  ['k_dpmpp_sde', ['DPM++ SDE', 'karras']],
  ['dpmpp_2m_sde', ['DPM++ 2M SDE', 'uniform']],
  ['k_dpmpp_2m_sde', ['DPM++ 2M SDE', 'karras']],
]);

/** Output formats of animatediff-cli. */
export const CLI_OUTPUT_FORMATS: ReadonlyMap<string, string | null> = new Map<string, string | null>([
  ['gif', 'gif'],
  ['mp4', 'mp4'],
  ['h264', 'mp4'],
  ['hevc', null],
  ['vp9', 'webm'],
  ['webm', 'webm'],
  ['webp', 'webp'],
]);

/** Schedulers of ComfyUI. */
export const COMFY_SCHEDULERS: ReadonlyMap<string, string | null> = new Map<string, string | null>([
  ['normal', 'uniform'],
  ['karras', 'karras'],
  ['exponential', 'exponential'],
  ['sgm_uniform', 'sgm_uniform'],
  ['simple', 'simple'],
  ['ddim_uniform', 'ddim'],
  ['beta', 'beta'],
  ['kl_optimal', 'kl_optimal'],
  ['linear_quadratic', null],
]);

/** Schedules that a node of ComfyUI makes, and that its KSampler does not have. */
export const COMFY_NODE_SCHEDULES: ReadonlySet<string> = new Set(['polyexponential', 'align_your_steps']);

/** Formats of VideoHelperSuite's Video Combine. */
export const COMFY_VIDEO_FORMATS: ReadonlyMap<string, string | null> = new Map<string, string | null>([
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
  ['video/h264-mp4', 'mp4'],
  ['video/nvenc_h264-mp4', 'mp4'],
  ['video/webm', 'webm'],
  ['video/h265-mp4', null],
  ['video/av1-webm', null],
  ['video/ProRes', null],
]);

/** Preprocessor nodes of comfyui_controlnet_aux. */
export const COMFY_PREPROCESSORS: ReadonlyMap<string, string> = new Map<string, string>([
  ['CannyEdgePreprocessor', 'canny'],
  ['DWPreprocessor', 'dw_openpose_full'],
  ['OpenposePreprocessor', 'openpose_full'],
  ['LineArtPreprocessor', 'lineart_realistic'],
  ['AnimeLineArtPreprocessor', 'lineart_anime'],
  ['LineartStandardPreprocessor', 'lineart_standard'],
  ['HEDPreprocessor', 'softedge_hed'],
  ['PiDiNetPreprocessor', 'softedge_pidinet'],
  ['TEEDPreprocessor', 'softedge_teed'],
  ['FakeScribblePreprocessor', 'scribble_hed'],
  ['Scribble_PiDiNet_Preprocessor', 'scribble_pidinet'],
  ['Scribble_XDoG_Preprocessor', 'scribble_xdog'],
  ['MiDaS-DepthMapPreprocessor', 'depth_midas'],
  ['Zoe-DepthMapPreprocessor', 'depth_zoe'],
  ['DepthAnythingPreprocessor', 'depth_anything'],
  ['DepthAnythingV2Preprocessor', 'depth_anything_v2'],
  ['MiDaS-NormalMapPreprocessor', 'normal_midas'],
  ['BAE-NormalMapPreprocessor', 'normal_bae'],
  ['DSINE-NormalMapPreprocessor', 'normal_dsine'],
  ['M-LSDPreprocessor', 'mlsd'],
  ['TilePreprocessor', 'tile_resample'],
]);

/** Control modes of sd-webui-controlnet. */
export const CONTROL_MODES: ReadonlyMap<string, string> = new Map<string, string>([
  ['Balanced', 'balanced'],
  ['My prompt is more important', 'prompt'],
  ['ControlNet is more important', 'control'],
  ['0', 'balanced'],
  ['1', 'prompt'],
  ['2', 'control'],
]);

/** Resize modes of sd-webui-controlnet. */
export const RESIZE_MODES: ReadonlyMap<string, string> = new Map<string, string>([
  ['Just Resize', 'stretch'],
  ['Crop and Resize', 'crop'],
  ['Resize and Fill', 'fill'],
  ['0', 'stretch'],
  ['1', 'crop'],
  ['2', 'fill'],
  ['Inner Fit (Scale to Fit)', 'crop'],
  ['Scale to Fit (Inner Fit)', 'crop'],
  ['Outer Fit (Shrink to Fit)', 'fill'],
  ['Envelope (Outer Fit)', 'fill'],
]);

import { denoisingStrength } from '../grammar/clip/images.ts';
import type { SettingKey, Settings } from '../grammar/settings/schema.ts';
import { appendsReversed } from '../grammar/time/order.ts';
import { scheduleSteps } from '../prompt/step-schedule.ts';
import { changedSettings, settingsText } from './changed.ts';
import type { ClipView } from './view.ts';
import { loopOf, lorasIn, numberOf, textsOf } from './view.ts';

const SEVERITIES = {
  and: 'warning',
  break: 'warning',
  'cfg-travel': 'warning',
  'context-schedule': 'information',
  controlnet: 'warning',
  dropped: 'warning',
  easing: 'warning',
  fuse: 'information',
  'hash-sign': 'warning',
  'init-image': 'warning',
  'inpaint-mask': 'warning',
  interpolation: 'warning',
  'last-frame': 'warning',
  'loop-count': 'information',
  lora: 'warning',
  'lora-travel': 'warning',
  'lora-two-weights': 'warning',
  motion: 'warning',
  'motion-module': 'warning',
  'motion-scale': 'warning',
  'negative-travel': 'warning',
  noise: 'information',
  'other-settings': 'warning',
  'program-settings': 'information',
  'prompt-editing': 'warning',
  reverse: 'warning',
  'reversed-frames': 'warning',
  sampler: 'warning',
  'save-format': 'information',
  settings: 'information',
  slerp: 'information',
  'strength-travel': 'warning',
  travel: 'warning',
  video: 'warning',
  weights: 'information',
  wildcards: 'warning',
} as const satisfies Readonly<Record<string, 'warning' | 'information'>>;

/** What a target cannot hold. */
export type LostKey = keyof typeof SEVERITIES;

export interface Lost {
  /** Stable, for scripts and documentation. */
  readonly key: LostKey;
  readonly severity: 'warning' | 'information';
  readonly message: string;
}

export const lost = (key: LostKey, message: string): Lost => ({ key, severity: SEVERITIES[key], message });

/** A possible loss: null if the file has nothing of the kind. */
type Find = (view: ClipView) => string | null;

/** Also those of negative prompts. */
const allTexts = (view: ClipView) => [...textsOf(view), view.negative, ...view.keys.map(({ negative }) => negative)];
const has = (view: ClipView, pattern: RegExp) => allTexts(view).some((text) => pattern.test(text));
const isMap = (value: unknown) => typeof value === 'object';

/** Whether a key's LoRAs differ from those of another. */
export function lorasTravel({ keys }: ClipView): boolean {
  return keys.some(({ prompt }) => lorasIn(prompt).loras.length > 0);
}

/** A share of a prompt that makes no difference. */
const UNSEEN = 0.0005;

/** Those that a target finds itself. */
type OwnKey =
  | 'dropped'
  | 'lora'
  | 'motion-module'
  | 'other-settings'
  | 'program-settings'
  | 'sampler'
  | 'save-format'
  | 'settings';

const FINDS: Readonly<Record<Exclude<LostKey, OwnKey>, Find>> = {
  and: (view) => (has(view, /(?<![\w])AND(?![\w])/) ? 'AND, which combines prompts, does not work there.' : null),
  break: (view) => (has(view, /(?<![\w])BREAK(?![\w])/) ? 'BREAK is a word there.' : null),
  'cfg-travel': ({ settings }) =>
    isMap(settings.cfg_scale)
      ? `cfg_scale cannot change over time there: it keeps its first value, ${numberOf(settings.cfg_scale, settings).first}.`
      : null,
  'context-schedule': ({ settings }) =>
    settings.context_schedule === 'static' && settings.frames > settings.context
      ? 'Static windows (context_schedule) are not available there.'
      : null,
  controlnet: ({ settings }) =>
    settings.controlnet.length > 0 ? 'ControlNet units (controlnet) are not carried over.' : null,
  easing: ({ keys, isClosed, easedWithin }) => {
    if (easedWithin !== null)
      return easedWithin < UNSEEN
        ? null
        : `Transitions such as ease (easing) are further keyframes there: the share of a prompt differs by at most ${Number((Math.ceil(easedWithin * 1000) / 10).toFixed(1))} % in any frame.`;
    return keys.slice(isClosed ? 0 : 1).some(({ transition }) => transition.kind === 'bezier')
      ? 'Transitions such as ease (easing) are linear there. `travel export --easing-as-keys` comes closer with further keyframes.'
      : null;
  },
  fuse: ({ settings }) =>
    settings.fuse === 'flat' && settings.frames > settings.context
      ? 'Overlapping windows are not averaged there (fuse): the last window wins.'
      : null,
  'hash-sign': (view) => (has(view, /#/) ? '# begins a comment there: the rest of the line is ignored.' : null),
  'init-image': ({ settings }) =>
    settings.init_image !== undefined
      ? `The image that the clip starts from (${written(settings, ['init_image', 'denoising_strength', 'latent_power', 'latent_scale'])}) is not in the result. Choose it there.`
      : null,
  'inpaint-mask': ({ settings }) =>
    settings.inpaint_mask !== undefined
      ? `The mask (inpaint_mask: ${settings.inpaint_mask}) is not in the result. Choose it there.`
      : null,
  interpolation: ({ settings }) =>
    settings.interpolate && settings.interpolate.method !== 'off'
      ? `Frame interpolation (interpolate, ${settings.interpolate.method}) is not available there.`
      : null,
  'last-frame': ({ settings }) =>
    settings.last_frame !== undefined
      ? `The last frame (${written(settings, ['last_frame', 'latent_power_last', 'latent_scale_last'])}) is not in the result.`
      : null,
  'loop-count': ({ settings }) =>
    settings.loop !== 0 ? `The loop count (loop: ${settings.loop}) is not carried over: it plays forever.` : null,
  'lora-travel': (view) =>
    lorasTravel(view)
      ? 'LoRA weights cannot change over time there: LoRA tags in keyframes after the first one have no effect, and those of the first one act in all frames.'
      : null,
  'lora-two-weights': (view) =>
    textsOf(view).some((text) => lorasIn(text).loras.some(({ te, unet }) => te !== unet))
      ? 'A LoRA has one weight there: that of the UNet is used.'
      : null,
  motion: ({ settings }) =>
    settings.motion_module === 'none'
      ? 'Still images (motion_module: none) are not available there: each frame is made from the one before.'
      : 'There is no motion module (motion_module) there: each frame is made from the one before.',
  'motion-scale': ({ settings }) =>
    isMap(settings.motion_scale) || settings.motion_scale !== 1 ? 'motion_scale is not available there.' : null,
  'negative-travel': ({ keys }) =>
    keys.some(({ negative }) => negative !== '')
      ? '--neg is dropped: one negative prompt applies to all frames there.'
      : null,
  noise: ({ settings }) =>
    hasOwnNoise(settings)
      ? `The same seed makes other noise there: these settings are not carried over: ${written(settings, NOISE)}`
      : null,
  'prompt-editing': (view) =>
    allTexts(view).some((text) => isEdited(text, view.settings.steps))
      ? 'Prompt editing, such as [a:b:0.5], does not change during the steps there.'
      : null,
  reverse: ({ settings }) => (settings.reverse.length > 0 ? 'reverse is not carried over.' : null),
  'reversed-frames': ({ settings }) =>
    appendsReversed(loopOf(settings))
      ? 'closed_loop: A of a short clip appends its frames backward; there, it does not.'
      : null,
  slerp: ({ settings, keys }) =>
    settings.mix === 'slerp' && keys.length > 1
      ? 'Prompts are mixed linearly there (lerp), not along an arc (mix: slerp).'
      : null,
  'strength-travel': ({ settings }) =>
    isMap(settings.denoising_strength)
      ? `denoising_strength cannot change over time there: it keeps its first value, ${numberOf(denoisingStrength(settings), settings).first}.`
      : null,
  travel: ({ keys }) =>
    keys.slice(1).some(({ transition, frame }, i) => transition.kind !== 'cut' && frame > keys[i]!.holdEnd + 1)
      ? 'Prompts are not mixed there (mix): each one holds until the next keyframe.'
      : null,
  video: ({ settings }) => (settings.video ? 'The video input is not carried over.' : null),
  weights: (view) => (has(view, /(?<!\\)[([]/) ? 'Weights in brackets act in another way there.' : null),
  wildcards: ({ hasWildcards }) =>
    hasWildcards
      ? 'Wildcards and choices, {a|b}, are rolled once per render here; they are copied as they are written.'
      : null,
};

/** Whether a prompt changes during the steps, or has a part that never comes. */
function isEdited(text: string, steps: number): boolean {
  const [first, ...more] = scheduleSteps(text, { steps });
  return more.length > 0 || first?.text !== text;
}

/** What decides the noise besides the seed. */
export const NOISE = [
  'rng',
  'subseed',
  'subseed_strength',
  'seed_resize_from_w',
  'seed_resize_from_h',
  'eta_noise_seed_delta',
] as const satisfies readonly SettingKey[];

const hasOwnNoise = (settings: Settings) => changedSettings(settings).some((key) => isNoise(key));
const isNoise = (key: SettingKey) => (NOISE as readonly SettingKey[]).includes(key);

/** The changed settings among some. */
function written(settings: Settings, keys: readonly SettingKey[]): string {
  const changed = changedSettings(settings);
  return settingsText(
    settings,
    keys.filter((key) => changed.includes(key)),
  );
}

/** What of these a target loses, and what is dropped for every target. */
export function losses(view: ClipView, keys: readonly (keyof typeof FINDS)[]): Lost[] {
  const found = keys.flatMap((key) => {
    const message = FINDS[key](view);
    return message === null ? [] : [lost(key, message)];
  });
  return [...view.dropped.map((message) => lost('dropped', message)), ...found];
}

/**
 * A clip without a motion module gets the one that comes with its checkpoint here.
 *
 * @param instead what happens there, as the end of a sentence
 */
export function moduleLosses({ settings }: ClipView, instead: string): Lost[] {
  if (moduleFile(settings) !== undefined) return [];
  const why =
    settings.motion_module === 'none'
      ? 'Still images (motion_module: none) are not available there'
      : 'There is no motion module in the file (motion_module)';
  return [lost('motion-module', `${why}, so ${instead}.`)];
}

/** The motion module, which the other tools take for a file whatever its name; undefined if there is none. */
export const moduleFile = ({ motion_module: module }: Settings): string | undefined =>
  module === 'none' ? undefined : module;

import { defectText, type ModelDescription, type MotionVersion } from '../../plan/model.ts';
import type { FileRef } from '../../plan/plan.ts';
import type { TextEncoderSize } from '../../plan/text-encoder.ts';
import type { SettingModelKind } from '../settings/entries.ts';
import type { Settings } from '../settings/schema.ts';
import type { Environment, ResolvedModel } from './environment.ts';
import { startsFromImages } from './images.ts';
import {
  type ModelIssue,
  unusableCheckpoint,
  unusableControlNet,
  unusableModule,
  unusableTextEncoder,
  unusableVae,
} from './model-issues.ts';
import type { MissingKind } from './model-kinds.ts';

/** The models of a clip; null if one is missing or of another kind. */
export interface ClipModels {
  readonly checkpoint: FileRef | null;
  /** null: the checkpoint's own. */
  readonly textEncoder: FileRef | null;
  /** What encodes the prompts: the text encoder's file or the checkpoint; null if it is unknown or cannot be used. */
  readonly promptEncoder: PromptEncoder | null;
  readonly vae: FileRef | null;
  /** The file whose VAE encodes images, if there are any and `vae` only decodes; else null. */
  readonly vaeEncoder: FileRef | null;
  /** TAESD's decoder for previews of the render; null: there is none, or the VAE has other latents. */
  readonly previewDecoder: FileRef | null;
  readonly motionModule: FileRef | null;
  /** Of each ControlNet unit. */
  readonly controlNets: readonly (ResolvedModel | null)[];
  /** null without a motion module. */
  readonly motionVersion: MotionVersion | null;
  /** Width and height in pixels that the checkpoint was trained at; if it is not known, those of SD 1.5. */
  readonly nativeSize: readonly [number, number];
  /** Whether the checkpoint was found, and its file or its family tells the training size. */
  readonly knowsNativeSize: boolean;
  /** Of the checkpoint's UNet, by level; empty if unknown. */
  readonly channels: readonly number[];
  readonly vaeChannels: number;
  /** For `interpolate`; null without FILM. */
  readonly film: FilmModel | null;
  readonly issues: readonly ModelIssue[];
}

export interface PromptEncoder extends TextEncoderSize {
  /** Name of its file. */
  readonly name: string;
}

export interface FilmModel {
  readonly file: FileRef;
  /** Whether the program that the file is from uses the time of a new frame. */
  readonly timed: boolean;
}

/** Without ending, in the order in which they are looked for: the names under which FILM is published. */
const FILM_FILES = ['film_net_fp16', 'film_net_fp32'] as const;

/** Without ending: the name under which TAESD's decoder is published, and A1111 and ComfyUI look for it. */
const TAESD_DECODER = 'taesd_decoder';

const SD15_SIZE = [512, 512] as const;

const SD15_VAE_CHANNELS = 128;

/** Name of the built-in checkpoint, and of its motion module. */
export const BUILT_IN = 'pocket';

export const KIND_NAMES: Readonly<Record<MissingKind, string>> = {
  checkpoint: 'checkpoint',
  'text-encoder': 'text encoder',
  vae: 'VAE',
  'motion-module': 'motion module',
  lora: 'LoRA',
  embedding: 'embedding',
  controlnet: 'ControlNet',
  film: 'FILM model',
  network: 'preprocessor',
};

/** Width and height in pixels: as set, or else those that the checkpoint was trained at. */
export function imageSize(
  { width, height }: Pick<Settings, 'width' | 'height'>,
  [nativeWidth, nativeHeight]: readonly [number, number],
): readonly [number, number] {
  return [width ?? nativeWidth, height ?? nativeHeight];
}

/** Finds the models that the settings name, and checks that each can be used. */
export function clipModels(settings: Settings, environment: Environment): ClipModels {
  const issues: ModelIssue[] = [];
  const find = (model: SettingModelKind, name: string, setting: string): ResolvedModel | null => {
    const found = environment.resolveModel(model, name);
    if (!found) {
      const unreadable = environment.unreadableModel?.(model, name) ?? null;
      if (unreadable === null) issues.push({ kind: 'unknown', model, setting, name });
      else issues.push({ kind: 'unusable', setting, name, reason: { unreadable } });
    } else if (found.description.kind !== model) {
      issues.push({ kind: 'wrong-kind', model, setting, name: found.name, description: found.description });
    } else {
      if (found.wrongHash) issues.push({ kind: 'wrong-hash', setting, name, wrongHash: found.wrongHash });
      if (found.sameName) issues.push({ kind: 'same-name', model, setting, name, sameName: found.sameName });
      return found;
    }
    return null;
  };

  const checkpoint = find('checkpoint', settings.checkpoint, 'checkpoint');
  if (checkpoint) issues.push(...unusableCheckpoint(checkpoint, settings));
  const textEncoder =
    settings.text_encoder === undefined ? null : find('text-encoder', settings.text_encoder, 'text_encoder');
  if (textEncoder) issues.push(...unusableTextEncoder(textEncoder, checkpoint));
  const vae = settings.vae === undefined ? null : find('vae', settings.vae, 'vae');
  if (vae) issues.push(...unusableVae(vae));
  const encoder = vae && encoderOf(vae, checkpoint, settings, environment);
  if (encoder === 'none') issues.push({ kind: 'unusable', setting: 'vae', name: vae!.name, reason: 'no-encoder' });
  const moduleName = settings.motion_module ?? (settings.checkpoint === BUILT_IN ? BUILT_IN : null);
  if (checkpoint && moduleName === null) issues.push({ kind: 'no-motion-module', checkpoint: settings.checkpoint });
  const motionModule =
    moduleName === null || moduleName === 'none' ? null : find('motion-module', moduleName, 'motion_module');
  if (motionModule) issues.push(...unusableModule(motionModule, settings));
  const controlNets = settings.controlnet.map((unit, i) => {
    const found = find('controlnet', unit.model, `controlnet.${i}.model`);
    if (found) issues.push(...unusableControlNet(found, `controlnet.${i}.model`));
    return found;
  });
  const film = settings.interpolate?.method === 'film' ? filmModel(environment, issues) : null;
  const trainingSize = checkpoint && trainingSizeOf(checkpoint.description);
  const vaeChannels =
    (!vae && checkpoint?.description.kind === 'checkpoint' && checkpoint.description.vaeChannels) || SD15_VAE_CHANNELS;
  return {
    checkpoint: checkpoint?.file ?? null,
    textEncoder: textEncoder?.file ?? null,
    promptEncoder:
      settings.text_encoder === undefined ? ownEncoder(checkpoint) : separateEncoder(textEncoder, checkpoint),
    vae: vae?.file ?? null,
    vaeEncoder: encoder === 'none' ? null : encoder,
    previewDecoder: previewDecoder(vae, vaeChannels, environment),
    motionModule: motionModule?.file ?? null,
    controlNets,
    motionVersion: motionModule?.description.kind === 'motion-module' ? motionModule.description.version : null,
    nativeSize: trainingSize ?? SD15_SIZE,
    knowsNativeSize: trainingSize !== null,
    channels: checkpoint?.description.kind === 'checkpoint' ? checkpoint.description.channels : [],
    vaeChannels,
    film,
    issues,
  };
}

/** The text encoder of a checkpoint, if it can be used. */
function ownEncoder(checkpoint: ResolvedModel | null): PromptEncoder | null {
  if (checkpoint?.description.kind !== 'checkpoint') return null;
  const { family, textEncoder, defects = [] } = checkpoint.description;
  if (family !== 'sd1' || !textEncoder || defects.some(({ component }) => component === 'textEncoder')) return null;
  return { name: checkpoint.name, ...textEncoder };
}

/** A text encoder in a file of its own, if it can be used. */
function separateEncoder(encoder: ResolvedModel | null, checkpoint: ResolvedModel | null): PromptEncoder | null {
  if (encoder?.description.kind !== 'text-encoder' || unusableTextEncoder(encoder, checkpoint).length > 0) return null;
  const { width, layers } = encoder.description;
  return { name: encoder.name, width, layers };
}

/** The size that a checkpoint gives, or that of its family; null if neither is known. */
function trainingSizeOf(checkpoint: ModelDescription): readonly [number, number] | null {
  if (checkpoint.kind !== 'checkpoint') return null;
  return checkpoint.nativeSize ?? (checkpoint.family === 'sd1' ? SD15_SIZE : null);
}

/**
 * `vae` itself if it is TAESD, else the TAESD in the model folders, whose latents are those of VAEs of full size.
 *
 * @param channels of the VAE's full-size layers
 */
function previewDecoder(vae: ResolvedModel | null, channels: number, environment: Environment): FileRef | null {
  if (vae && isTaesdDecoder(vae)) return vae.file;
  if (channels !== SD15_VAE_CHANNELS) return null;
  const found = environment.resolveModel('vae', TAESD_DECODER);
  return found && isTaesdDecoder(found) ? found.file : null;
}

const isTaesdDecoder = ({ description }: ResolvedModel): boolean =>
  description.kind === 'vae' && description.small === true && description.only !== 'encoder';

function filmModel(environment: Environment, issues: ModelIssue[]): FilmModel | null {
  let found: string | null = null;
  for (const name of FILM_FILES) {
    const model = environment.resolveModel('film', name);
    if (model?.description.kind === 'film') {
      const [defect] = model.description.defects ?? [];
      if (!defect) return { file: model.file, timed: model.description.timed };
      found ??= `${model.file.path} is damaged: ${defectText(defect)}.`;
    } else if (model) found ??= `${model.file.path} is another kind of model.`;
    else found ??= environment.unreadableModel?.('film', name) ?? null;
  }
  issues.push({ kind: 'no-film', found });
  return null;
}

/**
 * The file that encodes images if a VAE only decodes: TAESD's encoder beside it (`taesd_encoder` beside `taesd_decoder`),
 * or else the checkpoint. null: nothing is encoded, or the VAE has an encoder.
 */
function encoderOf(
  { file, description }: ResolvedModel,
  checkpoint: ResolvedModel | null,
  settings: Settings,
  environment: Environment,
): FileRef | 'none' | null {
  const model = checkpoint?.description.kind === 'checkpoint' ? checkpoint.description : null;
  const encodes = startsFromImages(settings) || (model !== null && model.inputChannels > 4);
  if (!encodes || description.kind !== 'vae' || description.only !== 'decoder') return null;
  const beside = file.path.replace(/decoder(?=[^/\\]*$)/i, 'encoder');
  const found = beside === file.path ? null : environment.resolveModel('vae', beside);
  if (found?.description.kind === 'vae' && found.description.only === 'encoder') return found.file;
  return checkpoint && model && model.vaeChannels !== null ? checkpoint.file : 'none';
}

import {
  type ModelDescription,
  type ModelFamily,
  SUPPORTED_INPUTS,
  SUPPORTED_MOTION,
  type TensorDefect,
} from '../../plan/model.ts';
import type { SettingModelKind } from '../settings/entries.ts';
import type { Settings } from '../settings/schema.ts';
import type { ResolvedModel, SameName, WrongHash } from './environment.ts';

/** Why a model cannot be used. `setting` is a path, as in `SettingSpan`s. `name` is that of the file, or, if it is not found, as written. */
export type ModelIssue =
  | {
      readonly kind: 'unknown';
      readonly model: SettingModelKind;
      readonly setting: string;
      readonly name: string;
    }
  | {
      readonly kind: 'wrong-kind';
      readonly model: SettingModelKind;
      readonly setting: string;
      readonly name: string;
      readonly description: ModelDescription;
    }
  | { readonly kind: 'no-motion-module'; readonly checkpoint: string }
  /** `found`: what is wrong with the file that has its name; null: there is none. */
  | { readonly kind: 'no-film'; readonly found: string | null }
  | { readonly kind: 'context-beyond-positions'; readonly name: string; readonly positions: number }
  | {
      readonly kind: 'not-available';
      readonly setting: string;
      readonly name: string;
      readonly reason:
        | 'editing'
        | 'motion-module-family'
        | { readonly family: ModelFamily }
        | { readonly controlNetFamily: ModelFamily };
    }
  | {
      readonly kind: 'unusable';
      readonly setting: string;
      readonly name: string;
      readonly reason:
        | 'no-text-encoder'
        | TextEncoderWidth
        | 'no-vae'
        | 'no-decoder'
        | 'no-encoder'
        | TensorDefect
        | Unreadable;
    }
  | {
      readonly kind: 'same-name';
      readonly model: SettingModelKind;
      readonly setting: string;
      /** As written. */
      readonly name: string;
      readonly sameName: SameName;
    }
  | {
      readonly kind: 'wrong-hash';
      readonly setting: string;
      /** As written, with the hash. */
      readonly name: string;
      readonly wrongHash: WrongHash;
    };

/** A text encoder of another family: the widths of its encoding, and of what the checkpoint needs. */
export interface TextEncoderWidth {
  readonly width: number;
  readonly needed: number;
}

/** Why a file cannot be read. */
export interface Unreadable {
  readonly unreadable: string;
}

export type ModelIssueOf<Kind extends ModelIssue['kind']> = Extract<ModelIssue, { readonly kind: Kind }>;

/**
 * Why a text encoder cannot be used.
 *
 * @param checkpoint whose prompts it encodes; null if it cannot be used
 */
export function unusableTextEncoder(encoder: ResolvedModel, checkpoint: ResolvedModel | null): ModelIssue[] {
  const { name, description } = encoder;
  if (description.kind !== 'text-encoder') return [];
  const model = checkpoint?.description.kind === 'checkpoint' ? checkpoint.description : null;
  const { width } = description;
  // Of a checkpoint of another family, another problem is reported.
  if (model?.family === 'sd1' && model.contextWidth !== 0 && model.contextWidth !== width) {
    return [{ kind: 'unusable', setting: 'text_encoder', name, reason: { width, needed: model.contextWidth } }];
  }
  return damagedModel(encoder, 'text_encoder');
}

/** Why a checkpoint cannot be used. A file of a family that is not supported has no other issue. */
export function unusableCheckpoint(
  checkpoint: ResolvedModel,
  { vae, text_encoder: textEncoder }: Settings,
): ModelIssue[] {
  const { name, description } = checkpoint;
  if (description.kind !== 'checkpoint') return [];
  const unavailable = { kind: 'not-available', setting: 'checkpoint', name } as const;
  if (description.family !== 'sd1') return [{ ...unavailable, reason: { family: description.family } }];
  if (!SUPPORTED_INPUTS.includes(description.inputChannels)) return [{ ...unavailable, reason: 'editing' }];
  const unusable = { kind: 'unusable', setting: 'checkpoint', name } as const;
  if (!description.hasTextEncoder && textEncoder === undefined) return [{ ...unusable, reason: 'no-text-encoder' }];
  if (description.vaeChannels === null && vae === undefined) return [{ ...unusable, reason: 'no-vae' }];
  return damagedModel(checkpoint, 'checkpoint').filter(({ reason }) => vae === undefined || reason.component !== 'vae');
}

/** Why frames cannot be decoded with a VAE. */
export function unusableVae(vae: ResolvedModel): ModelIssue[] {
  const { name, description } = vae;
  const isEncoder = description.kind === 'vae' && description.only === 'encoder';
  return isEncoder ? [{ kind: 'unusable', setting: 'vae', name, reason: 'no-decoder' }] : damagedModel(vae, 'vae');
}

function damagedModel({ name, description }: ResolvedModel, setting: string) {
  const defects = 'defects' in description ? (description.defects ?? []) : [];
  return defects.map((reason) => ({ kind: 'unusable', setting, name, reason }) as const);
}

/** Why a motion module cannot be used. One of a family that is not supported, or that is damaged, has no other issue. */
export function unusableModule(module: ResolvedModel, { context }: Settings): ModelIssue[] {
  const { name, description } = module;
  if (description.kind !== 'motion-module') return [];
  const { version, positions } = description;
  if (!SUPPORTED_MOTION.includes(version)) {
    return [{ kind: 'not-available', setting: 'motion_module', name, reason: 'motion-module-family' }];
  }
  const damaged = damagedModel(module, 'motion_module');
  if (damaged.length > 0 || context <= positions) return damaged;
  return [{ kind: 'context-beyond-positions', name, positions }];
}

/** Why a ControlNet cannot be used. One of a family that is not supported has no other issue. */
export function unusableControlNet(model: ResolvedModel, setting: string): ModelIssue[] {
  const { name, description } = model;
  if (description.kind !== 'controlnet') return [];
  if (description.family === 'sd1') return damagedModel(model, setting);
  return [{ kind: 'not-available', setting, name, reason: { controlNetFamily: description.family } }];
}

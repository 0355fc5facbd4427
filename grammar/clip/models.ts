import type { ModelDescription, MotionVersion } from '../../plan/model.ts';
import type { FileRef } from '../../plan/plan.ts';
import type { Problem, TextSpan } from '../problem.ts';
import { didYouMean } from '../settings/did-you-mean.ts';
import type { SettingSpan } from '../settings/read.ts';
import type { Settings } from '../settings/schema.ts';
import { later } from './availability.ts';
import type { Environment, NamedModelKind, ResolvedModel } from './environment.ts';

/** The models of a clip; null where one is missing or is something else. */
export interface ClipModels {
  readonly checkpoint: FileRef | null;
  readonly vae: FileRef | null;
  readonly motionModule: FileRef | null;
  /** null without a motion module. */
  readonly motionVersion: MotionVersion | null;
  readonly nativeSize: readonly [number, number];
  /** Of the checkpoint's UNet, level by level; empty where they are not known. */
  readonly channels: readonly number[];
  readonly vaeChannels: number;
}

const SD15_SIZE = [512, 512] as const;

const SD15_VAE_CHANNELS = 128;

/** The built-in checkpoint; its motion module has its name. */
const POCKET = 'pocket';

export const KIND_NAMES: Readonly<Record<NamedModelKind, string>> = {
  checkpoint: 'checkpoint',
  vae: 'VAE',
  'motion-module': 'motion module',
  lora: 'LoRA',
  embedding: 'embedding',
};

/** Width and height in pixels: those that are set, else those that the checkpoint was trained at. */
export function pictureSize(
  { width, height }: Pick<Settings, 'width' | 'height'>,
  [nativeWidth, nativeHeight]: readonly [number, number],
): readonly [number, number] {
  return [width ?? nativeWidth, height ?? nativeHeight];
}

/** Finds the files that the settings name and looks whether they are what they should be. */
export function clipModels(
  settings: Settings,
  spans: ReadonlyMap<string, SettingSpan>,
  environment: Environment,
): { readonly models: ClipModels; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const find = (kind: 'checkpoint' | 'vae' | 'motion-module', name: string, key: string): ResolvedModel | null => {
    const span = spans.get(key)?.value ?? { start: 0, end: 0 };
    const model = environment.resolveModel(kind, name);
    if (!model) problems.push(unknownModel(kind, name, span, environment));
    else if (model.description.kind !== kind) problems.push(wrongKind(kind, model, span));
    else return model;
    return null;
  };

  const checkpoint = find('checkpoint', settings.checkpoint, 'checkpoint');
  if (checkpoint) problems.push(...unusableCheckpoint(checkpoint, spans.get('checkpoint')?.value));
  const vae = settings.vae === undefined ? null : find('vae', settings.vae, 'vae');
  const moduleName = settings.motion_module ?? (settings.checkpoint === POCKET ? POCKET : null);
  if (checkpoint && moduleName === null) problems.push(noMotionModule(settings.checkpoint, spans, environment));
  const motionModule =
    moduleName === null || moduleName === 'none' ? null : find('motion-module', moduleName, 'motion_module');
  if (motionModule) problems.push(...unusableModule(motionModule, settings, spans));
  return {
    models: {
      checkpoint: checkpoint?.file ?? null,
      vae: vae?.file ?? null,
      motionModule: motionModule?.file ?? null,
      motionVersion: motionModule?.description.kind === 'motion-module' ? motionModule.description.version : null,
      nativeSize: (checkpoint?.description.kind === 'checkpoint' && checkpoint.description.nativeSize) || SD15_SIZE,
      channels: checkpoint?.description.kind === 'checkpoint' ? checkpoint.description.channels : [],
      vaeChannels:
        (!vae && checkpoint?.description.kind === 'checkpoint' && checkpoint.description.vaeChannels) ||
        SD15_VAE_CHANNELS,
    },
    problems,
  };
}

/** A name that no file has. */
export function unknownModel(kind: NamedModelKind, name: string, span: TextSpan, environment: Environment): Problem {
  const names = environment.modelNames(kind);
  const meant = didYouMean(name, names);
  const advice = meant
    ? ` Did you mean “${meant}”?`
    : names.length > 0
      ? ` There are ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}.`
      : ` There are no ${KIND_NAMES[kind]}s at all: choose your model folders first.`;
  return {
    code: 'travel/unknown-model',
    severity: 'error',
    message: `There is no ${KIND_NAMES[kind]} “${name}” in the model folders.${advice}`,
    span,
    fixes: meant ? [{ title: `Change to “${meant}”`, edits: [{ span, text: meant }], mechanical: false }] : [],
  };
}

export function wrongKind(kind: NamedModelKind, { name, description }: ResolvedModel, span: TextSpan): Problem {
  const is = description.kind === 'unknown' ? 'no model that is known here' : `a ${describe(description)}`;
  const message = `“${name}” is ${is}, and a ${KIND_NAMES[kind]} is needed here.`;
  return { code: 'travel/wrong-model-kind', severity: 'error', message, span };
}

const describe = (description: ModelDescription) => description.kind.replace('-', ' ').replace('lora', 'LoRA');

function unusableCheckpoint({ name, description }: ResolvedModel, span?: TextSpan): Problem[] {
  if (description.kind !== 'checkpoint') return [];
  if (description.family !== 'sd1') {
    return [
      later(
        `“${name}” is of the family ${description.family}, which is not available yet. Use an SD 1.5 checkpoint.`,
        span,
      ),
    ];
  }
  if (description.inputChannels !== 4) {
    return [
      later(
        `“${name}” is an inpainting or editing model, which is not available yet. Use a plain SD 1.5 checkpoint.`,
        span,
      ),
    ];
  }
  return [];
}

function unusableModule(
  { name, description }: ResolvedModel,
  { context }: Settings,
  spans: ReadonlyMap<string, SettingSpan>,
): Problem[] {
  if (description.kind !== 'motion-module') return [];
  const problems: Problem[] = [];
  const { version, positions } = description;
  if (version === 'sdxl' || version === 'hotshot-xl') {
    problems.push(
      later(`“${name}” is a motion module for SDXL, which is not available yet.`, spans.get('motion_module')?.value),
    );
  }
  if (context > positions) {
    const span = spans.get('context')?.value ?? spans.get('motion_module')?.value ?? { start: 0, end: 0 };
    problems.push({
      code: 'travel/context-beyond-positions',
      severity: 'error',
      message: `The context is ${context} frames and “${name}” can see ${positions} together. Set \`context\` to ${positions} or less.`,
      span,
      fixes: spans.has('context')
        ? [{ title: `Set the context to ${positions}`, edits: [{ span, text: `${positions}` }], mechanical: false }]
        : [],
    });
  }
  return problems;
}

function noMotionModule(
  checkpoint: string,
  spans: ReadonlyMap<string, SettingSpan>,
  environment: Environment,
): Problem {
  const names = environment.modelNames('motion-module').filter((name) => name !== POCKET);
  const found = names.length > 0 ? `Found: ${names.slice(0, 5).join(', ')}. ` : 'None was found in the model folders. ';
  const example = names[0] ?? 'v3_sd15_mm.ckpt';
  return {
    code: 'travel/motion-module-missing',
    severity: 'error',
    message: `“${checkpoint}” brings no motion module of its own. ${found}Write \`motion_module: ${example}\`, or \`motion_module: none\` for still frames.`,
    span: spans.get('checkpoint')?.value ?? { start: 0, end: 0 },
  };
}

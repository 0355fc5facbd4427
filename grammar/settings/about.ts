import { z } from 'zod';

export const SETTING_GROUPS = [
  'Models',
  'Clip',
  'Context',
  'Image',
  'Prompts',
  'Output',
  'Video and image inputs',
  'Motion',
  'Device',
  'File',
] as const;
export type SettingGroup = (typeof SETTING_GROUPS)[number];

/**
 * Something that a setting needs to have an effect; the check `setting-has-no-effect` decides if it is met, and
 * `webui-ignores` for `travel-dialect`.
 */
export type Requirement =
  | 'travel-dialect'
  | 'init-image'
  | 'start-image'
  | 'video-start'
  | 'video-or-init-image'
  | 'video-user'
  | 'controlnet'
  | 'depth-preprocessor'
  | 'video-with-sound'
  | 'format-with-sound'
  | 'single-init-image'
  | 'last-frame'
  | 'interpolation-method'
  | 'gaps'
  | 'scene-cuts'
  | 'motion-module'
  | 'gpu'
  | 'several-windows'
  | 'other-windows'
  | 'windows-or-loop'
  | 'clip-longer-than-context'
  | 'looped-windows-or-prompts'
  | 'format-with-loop-count'
  | 'time'
  | 'guidance'
  | 'several-prompts'
  | 'mixed-prompts'
  | 'default-transition'
  | 'reversed-frames'
  | 'sigma-sampler'
  | 'eta-sampler'
  | 'churn-sampler'
  | 'churn'
  | 's-noise-sampler'
  | 'drawn-noise'
  | 'subseed-strength'
  | 'seed-resize'
  | 'reused-noise'
  | 'scaled-features'
  | 'counted-steps';

/** How a setting is treated if it has a value other than its default. No setting is ignored in silence. */
export type Use =
  /** It acts on the render; without its requirements, a warning says that it has no effect. */
  | { readonly kind: 'used'; readonly needs: readonly Requirement[] }
  /** As `used`; any other value than those in `available` is an error. `what` is a noun: `sampler`. */
  | {
      readonly kind: 'partly-available';
      readonly what: string;
      readonly available: readonly string[];
      readonly needs: readonly Requirement[];
    };

export const used: Use = { kind: 'used', needs: [] };
export const needs = (...requirements: readonly Requirement[]): Use => ({ kind: 'used', needs: requirements });
export const available = (what: string, values: readonly string[], ...requirements: readonly Requirement[]): Use => ({
  kind: 'partly-available',
  what,
  available: values,
  needs: requirements,
});

/** Of a part: treated as the setting that it belongs to. */
export const inherited = { kind: 'inherited' } as const;

/** What a setting that names a file expects; a model may be named by its name in the model folders, too. */
export type FileKind =
  | 'checkpoint'
  | 'text-encoder'
  | 'vae'
  | 'motion-module'
  | 'controlnet'
  | 'image'
  | 'video'
  | 'image-folder'
  | 'image-or-folder'
  | 'travel';

interface About {
  /** Markdown. */
  readonly description: string;
  /** Set if the value names a file or a folder. */
  readonly file?: FileKind;
}

export interface SettingAbout extends About {
  readonly group: SettingGroup;
  readonly use: Use;
  /** The field's label in A1111's AnimateDiff panel, if it has one. */
  readonly label?: string;
  /** Values as they are written in a file. */
  readonly examples?: readonly string[];
}

export interface PartAbout extends About {
  readonly use: Use | typeof inherited;
}

declare const described: unique symbol;

/** The type of a setting's values that carries its metadata; only `setting` makes one. */
export type Setting = z.ZodType & { readonly [described]: 'setting' };
/** The same for a key inside a setting; only `part` makes one. */
export type Part = z.ZodType & { readonly [described]: 'part' };

const settings = z.registry<SettingAbout>();
const parts = z.registry<PartAbout>();

/** A top-level setting. The copy keeps types that several settings share apart. */
export function setting<T extends z.ZodType>(type: T, about: SettingAbout): T & Setting {
  const own = type.clone();
  settings.add(own, about);
  return own as T & Setting;
}

/** A key inside a setting that is a map, or a list of maps. */
export function part<T extends z.ZodType>(type: T, about: PartAbout): T & Part {
  const own = type.clone();
  parts.add(own, about);
  return own as T & Part;
}

/** A map of described parts; a part without its metadata does not compile. */
export const partsObject = <Shape extends Readonly<Record<string, Part>>>(shape: Shape) => z.strictObject(shape);

/** All settings; one without its metadata does not compile. */
export const settingsObject = <Shape extends Readonly<Record<string, Setting>>>(shape: Shape) => z.strictObject(shape);

export function aboutSettingType(type: Setting): SettingAbout {
  return settings.get(type)!;
}

/** null for a type that is not a part. */
export function aboutPartType(type: z.core.$ZodType): PartAbout | null {
  return parts.get(type) ?? null;
}

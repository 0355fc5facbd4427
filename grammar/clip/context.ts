import type { FrameRange } from '../../plan/frame-range.ts';
import type { LockedChoices } from '../../plan/lock.ts';
import type { SettingIssue } from '../settings/issues.ts';
import type { SettingSpan } from '../settings/read.ts';
import type { GivenSettings, Settings } from '../settings/schema.ts';
import type { SlicedTask } from '../sliced-task.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { parseTravel } from '../syntax/parse.ts';
import { clipLength } from './clip-length.ts';
import { clipControlMasks, clipControls, clipNetworks, type UnitNetwork, type UnitPictures } from './controls.ts';
import { effectiveSettings } from './effective-settings.ts';
import type { Environment, InputImages } from './environment.ts';
import { type ClipImages, clipImages } from './images.ts';
import { type ClipModels, clipModels } from './models.ts';
import { type ClipPrompts, clipPrompts } from './prompts.ts';
import { type TimedKeyframe, timeKeyframes } from './timeline.ts';

export interface ClipOptions {
  /** Writes only these frames of the clip, both included, as they are in the whole clip. */
  readonly frames?: FrameRange | undefined;
  /** Settings that take precedence over the file's. */
  readonly overrides?: GivenSettings | undefined;
  /** What an earlier render picked: the clip has it in place of a random seed and of what its wildcards would give. */
  readonly locked?: LockedChoices | undefined;
}

/** A document resolved against its environment: the checks find its problems, the planner builds its plan. */
export interface ClipContext {
  readonly document: TravelDocument;
  readonly environment: Environment;
  readonly settings: Settings;
  /** Before the rules of the dialect. */
  readonly asWritten: Settings;
  /** Where this file sets them. */
  readonly spans: ReadonlyMap<string, SettingSpan>;
  /** The extended file that sets a setting or a definition, if only extended files do. */
  readonly inherited: ReadonlyMap<string, string>;
  /** Settings that the command line sets. */
  readonly overridden: ReadonlySet<string>;
  /** The output path as the files have it. */
  readonly writtenOutput: string;
  readonly settingIssues: readonly SettingIssue[];
  readonly models: ClipModels;
  readonly images: ClipImages;
  /** Of each ControlNet unit. */
  readonly controls: readonly (UnitPictures | null)[];
  /** The networks of each one's preprocessor. */
  readonly networks: readonly (readonly UnitNetwork[])[];
  /** Where each of them acts; null: everywhere, or not found. */
  readonly controlMasks: readonly (InputImages | null)[];
  /** The keyframes in the order of the file, with their frames. */
  readonly timed: readonly TimedKeyframe[];
  /** Length of the whole clip, before `reverse` adds any frames. */
  readonly frames: number;
  /** The part of the clip to write, which may be invalid; null: all of it. */
  readonly range: FrameRange | null;
  /** 0 … 2³² − 1, never −1. */
  readonly seed: number;
  readonly prompts: ClipPrompts;
}

/**
 * Resolves settings, models, times and prompts. Never fails: whatever is missing or wrong is part of the result. The
 * same document, environment and options give the same result.
 */
export function* clipContext(
  document: TravelDocument,
  environment: Environment,
  options: ClipOptions,
): SlicedTask<ClipContext> {
  const { settings, asWritten, spans, inherited, overridden, writtenOutput, issues } = effectiveSettings(
    document,
    environment,
    options.overrides ?? {},
    parseTravel,
  );
  const models = clipModels(settings, environment);
  const images = clipImages(settings, inherited, environment);
  const controls = clipControls(settings, images.video, inherited, environment);
  const networks = clipNetworks(settings, environment);
  const controlMasks = clipControlMasks(settings, inherited, environment);
  yield;
  const timed = timeKeyframes(document, settings);
  yield;
  const { locked } = options;
  const seed = settings.seed === -1 ? (locked?.seed ?? environment.randomSeed()) : settings.seed;
  const fixed = locked?.rolled ?? [];
  const prompts = yield* clipPrompts({ document, environment, settings, timed, seed, fixed, spans, inherited });
  return {
    document,
    environment,
    settings,
    asWritten,
    spans,
    inherited,
    overridden,
    writtenOutput,
    settingIssues: issues,
    models,
    images,
    controls,
    controlMasks,
    networks,
    timed,
    frames: clipLength(settings),
    range: options.frames ?? null,
    seed,
    prompts,
  };
}

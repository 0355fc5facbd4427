import { z } from 'zod';
import { LockedChoices } from '../plan/lock.ts';
import { TravelPlan } from '../plan/plan.ts';

/** Request: the plan of one version of an open document. The client renders exactly this plan. */
export const PLAN = 'travel/plan';

/** Settings that take precedence over the file's, with values as in `--set key=value`. */
const GivenSettings = z.record(z.string(), z.string()).optional();

/** What to render of a document. */
export const RenderWhat = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('clip'),
    settings: GivenSettings,
    /** What an earlier render picked, in place of a random seed and of what wildcards and choices would give. */
    locked: LockedChoices.optional(),
  }),
  /** The clip in a size, with steps and frames that cost little. */
  z.strictObject({ kind: z.literal('draft'), settings: GivenSettings }),
  /** One frame, sampled with the context window around it only, as a PNG in a folder (absolute). */
  z.strictObject({ kind: z.literal('frame'), frame: z.int().nonnegative(), folder: z.string().min(1) }),
  /** A part of the clip, both ends included, with the frames that it has in the whole clip. */
  z.strictObject({ kind: z.literal('frames'), from: z.int().nonnegative(), to: z.int().nonnegative() }),
  /** Another text in the place of the document's, with this seed whatever it says. */
  z.strictObject({ kind: z.literal('text'), text: z.string(), seed: z.int().nonnegative() }),
]);
export type RenderWhat = z.infer<typeof RenderWhat>;

export const PlanRequest = z.strictObject({
  uri: z.string(),
  /** The version of the document that the client shows. */
  version: z.int(),
  what: RenderWhat.default({ kind: 'clip' }),
});
export type PlanRequest = z.infer<typeof PlanRequest>;

export const PlanAnswer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('plan'),
    /** The version that was requested. */
    version: z.int(),
    plan: TravelPlan,
    /** Whether the seed was picked: neither the file nor the request sets it. */
    isRandom: z.boolean(),
    /** What to tell about it, in whole sentences; empty: nothing. */
    note: z.string(),
  }),
  /** The document has errors, so it is not rendered. */
  z.strictObject({
    kind: z.literal('errors'),
    version: z.int(),
    count: z.int().positive(),
    /** The message of the first one in the file. */
    first: z.string(),
    /** Present if models are missing. */
    missing: z
      .strictObject({
        /** At least one. `kind` is in words, such as `LoRA`; `name` is null if the file names none. */
        models: z.array(z.strictObject({ kind: z.string(), name: z.string().nullable() })).min(1),
        /** Where they were looked for, besides the built-in models. */
        folders: z.array(z.string()),
      })
      .optional(),
  }),
  /** The document has no errors, but what was asked for does not fit it, such as a frame after its end. */
  z.strictObject({ kind: z.literal('refused'), version: z.int(), reason: z.string() }),
  /** The server has another version of the document, or it is not open. Send the request again. */
  z.strictObject({ kind: z.literal('outdated') }),
  /** Files are not read here: the folder is not trusted, or the document is not saved on a disk. */
  z.strictObject({ kind: z.literal('no-files') }),
]);
export type PlanAnswer = z.infer<typeof PlanAnswer>;

/** Request: another seed for an open document whose `seed` is −1. */
export const ROLL_SEED = 'travel/rollSeed';

export const RollSeedRequest = z.strictObject({ uri: z.string() });
export type RollSeedRequest = z.infer<typeof RollSeedRequest>;

/** `seed` is what renders use from now on. `fixed`: the file, or one that it extends, sets it, so it was not rolled. */
export const RollSeedAnswer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rolled'), seed: z.int().nonnegative() }),
  z.strictObject({ kind: z.literal('fixed'), seed: z.int().nonnegative() }),
  z.strictObject({ kind: z.literal('not-open') }),
]);
export type RollSeedAnswer = z.infer<typeof RollSeedAnswer>;

/** Request: the seed that renders of an open document use now, as an edit that sets it in the text. */
export const LOCK_SEED = 'travel/lockSeed';

export const LockSeedRequest = z.strictObject({ uri: z.string(), version: z.int() });
export type LockSeedRequest = z.infer<typeof LockSeedRequest>;

const Place = z.strictObject({ line: z.int().nonnegative(), character: z.int().nonnegative() });

export const LockSeedAnswer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('edit'),
    seed: z.int().nonnegative(),
    range: z.strictObject({ start: Place, end: Place }),
    newText: z.string(),
  }),
  /** The file, or one that it extends, sets the seed. */
  z.strictObject({ kind: z.literal('fixed'), seed: z.int().nonnegative() }),
  /** The settings cannot be edited, because they have errors. */
  z.strictObject({ kind: z.literal('not-editable') }),
  /** The server has another version of the document, or it is not open. Send the request again. */
  z.strictObject({ kind: z.literal('outdated') }),
]);
export type LockSeedAnswer = z.infer<typeof LockSeedAnswer>;

/** Request: which frames of an open document belong to a selection of its text. */
export const SELECTED_FRAMES = 'travel/selectedFrames';

export const SelectedFramesRequest = z.strictObject({
  uri: z.string(),
  /** `start` is not after `end`; they are equal at a cursor. */
  selection: z.strictObject({ start: Place, end: Place }),
});
export type SelectedFramesRequest = z.infer<typeof SelectedFramesRequest>;

/** null if the document is not open. */
export const SelectedFramesAnswer = z.nullable(
  z.strictObject({
    /** Length of the clip. */
    frames: z.int().positive(),
    /** The frame of the keyframe at the start of the selection, or of the nearest one; 0 without keyframes. */
    nearest: z.int().nonnegative(),
    /** From the first selected keyframe to the one after the selection; the whole clip if none is selected. */
    from: z.int().nonnegative(),
    to: z.int().nonnegative(),
  }),
);
export type SelectedFramesAnswer = z.infer<typeof SelectedFramesAnswer>;

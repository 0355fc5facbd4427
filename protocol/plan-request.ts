import { z } from 'zod';
import { TravelPlan } from '../plan/plan.ts';

/** Request: the plan of one version of an open document. The client renders exactly this plan. */
export const PLAN = 'travel/plan';

export const PlanRequest = z.strictObject({
  uri: z.string(),
  /** The version of the document that the client shows. */
  version: z.int(),
  /** Another text to plan as if it were the document's, with this seed whatever it says. */
  instead: z.strictObject({ text: z.string(), seed: z.int().nonnegative() }).optional(),
});
export type PlanRequest = z.infer<typeof PlanRequest>;

export const PlanAnswer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('plan'),
    /** The version that was requested. */
    version: z.int(),
    plan: TravelPlan,
  }),
  /** The document has errors, so it is not rendered. */
  z.strictObject({
    kind: z.literal('errors'),
    version: z.int(),
    count: z.int().positive(),
    /** The message of the first one in the file. */
    first: z.string(),
  }),
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

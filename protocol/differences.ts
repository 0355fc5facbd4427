// zod/mini: the extension loads these schemas when it starts.
import * as z from 'zod/mini';

/** Request: how an open document differs from other versions of it, such as those that were rendered. */
export const DIFFERENCES = 'travel/differences';

const Version = z.strictObject({
  source: z.string(),
  /** That it was rendered with; null: the one that the document would be rendered with. */
  seed: z.nullable(z.int().check(z.nonnegative())),
});

export const DifferencesRequest = z.strictObject({ uri: z.string(), versions: z.array(Version) });
export type DifferencesRequest = z.infer<typeof DifferencesRequest>;

export const Differences = z.strictObject({
  /** From the other version to the document, a phrase each: `steps 20 → 30`, `keyframe 16: prompt`. */
  phrases: z.array(z.string()),
  /** Frames of the document that would be rendered differently, ascending; null: all of them. */
  frames: z.nullable(z.array(z.int().check(z.nonnegative()))),
});
export type Differences = z.infer<typeof Differences>;

/** One for each version, in their order; null if the document is not open. */
export const DifferencesAnswer = z.nullable(z.array(Differences));
export type DifferencesAnswer = z.infer<typeof DifferencesAnswer>;

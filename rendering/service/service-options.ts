import { z } from 'zod';

/** What the service's process is started with, as JSON in its first argument. */
export const ServiceOptions = z.strictObject({
  /** Absolute. It holds the cache, the saved progress and the jobs. */
  cacheFolder: z.string().min(1),
  /** Of the program. */
  version: z.string(),
  /** How long renders go on without any window, in milliseconds. */
  graceMs: z.int().nonnegative(),
});
export type ServiceOptions = z.infer<typeof ServiceOptions>;

import type { GraphModel } from '../graph/builder.ts';
import type { Feeds, Runtime } from './session.ts';

/**
 * To a thread that runs sessions, one request at a time. Both sides are parts of one process, so messages are not
 * validated.
 */
export type ToLane =
  | { readonly kind: 'create'; readonly key: string; readonly model: GraphModel; readonly runtime: Runtime }
  | { readonly kind: 'run'; readonly key: string; readonly feeds: Feeds }
  | { readonly kind: 'release'; readonly key: string };

/** The answer. `output`: of a run. */
export type FromLane =
  | { readonly ok: true; readonly output: Float32Array | null }
  | { readonly ok: false; readonly message: string };

/* What several processes read and write in the cache folder. */

/** Where the engine saves the progress of renders, in the cache folder: a folder for each plan. */
export const CHECKPOINTS = 'checkpoints';

/** The plan in the folder of a checkpoint, as JSON. */
export const CHECKPOINT_PLAN = 'plan.json';

/** Where the render service keeps the jobs that have not ended. */
export const JOBS = 'jobs';

/** Their order and state, in the folder of the jobs; there is no file without jobs. */
export const JOB_QUEUE = 'queue.json';

/** Where the editor's previews of single frames are. */
export const PREVIEWS = 'previews';

/** How long the last renders took, as JSON. */
export const RENDER_TIMES = 'render-times.json';

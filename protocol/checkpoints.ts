/** Where the engine saves the progress of renders, in the cache folder: a folder for each plan. */
export const CHECKPOINTS = 'checkpoints';

/** The plan in the folder of a checkpoint, as JSON. */
export const CHECKPOINT_PLAN = 'plan.json';

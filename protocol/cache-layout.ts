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

/** What the language server knows of model files. */
export const MODEL_HEADERS = 'model-headers.json';

/** End of the name of an encoded prompt; the rest is the hash of what it depends on. */
export const ENCODED_PROMPT = '.f32';

/** End of the name of a hint of a ControlNet unit; the rest is the hash of what it depends on. */
export const HINT = '.hint';

/** End of the name of a frame of a video, or of the times of all its frames; the rest is the hash of what it depends on. */
export const SOURCE_FRAME = '.frame';

/** Hints that are black or have a fault, as JSON. */
export const EMPTY_HINTS = 'empty-hints.json';

/** End of the name of a file with the hash of a model; the rest is the hash of the model's path, size and time. */
export const MODEL_HASH = '.sha256';

/** What the render service prints. */
export const RENDER_LOG = 'renders.log';

/** What the cache holds, as *Clear Cache* lists it. */
export const CACHE_PARTS = ['progress', 'previews', 'prompts', 'hints', 'frames', 'models', 'others'] as const;
export type CachePart = (typeof CACHE_PARTS)[number];

/**
 * The part that a file or folder in the cache folder belongs to, also under its temporary name; null for what is never
 * removed, because a process keeps it open or it cannot be created again.
 */
export function cachePartOf(name: string): CachePart | null {
  if (name === JOBS || name === RENDER_LOG) return null;
  if (name === CHECKPOINTS) return 'progress';
  if (name === PREVIEWS) return 'previews';
  if (name.includes(ENCODED_PROMPT)) return 'prompts';
  if (name.includes(HINT) || name.startsWith(EMPTY_HINTS)) return 'hints';
  if (name.includes(SOURCE_FRAME)) return 'frames';
  return name.startsWith(MODEL_HEADERS) || name.includes(MODEL_HASH) ? 'models' : 'others';
}

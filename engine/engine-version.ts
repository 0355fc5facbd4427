/** Raised when the engine computes other pixels for the same plan. */
export const ENGINE_VERSION = 2;

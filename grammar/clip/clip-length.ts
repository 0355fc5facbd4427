/** Lengths of clips are multiples of this when they are chosen for the user. */
const STEP = 8;

/** A length of a clip, in frames, that has room for a keyframe at frame `last`. */
export const framesFor = (last: number) => Math.ceil((last + 1) / STEP) * STEP;

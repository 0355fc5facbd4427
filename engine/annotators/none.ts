import type { Annotator } from './annotator.ts';

/** The picture is a hint already. */
export const none: Annotator<'none'> = (picture) => picture;

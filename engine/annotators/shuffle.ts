import type { Annotator } from './annotator.ts';

export const shuffle: Annotator<'shuffle'> = (picture) => picture;

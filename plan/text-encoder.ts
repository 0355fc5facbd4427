/** Of CLIP's text model. */
export interface TextEncoderSize {
  /** Values of its encoding of a token. */
  readonly width: number;
  /** Transformer layers. */
  readonly layers: number;
}

/**
 * Why `clip_skip` cannot be used with a text encoder; null if it can.
 *
 * @param name of the text encoder's file, as messages show it
 */
export function clipSkipMisfit(clipSkip: number, { layers }: Pick<TextEncoderSize, 'layers'>, name: string) {
  if (clipSkip <= layers) return null;
  const [has, allowed] = layers === 1 ? ['1 layer', '1'] : [`${layers} layers`, `${layers} or less`];
  return `The text encoder of ${name} has ${has}, but \`clip_skip\` is ${clipSkip}. Set \`clip_skip\` to ${allowed}.`;
}

/**
 * Why the vectors of an embedding cannot replace tokens of a text encoder; null if they can.
 *
 * @param width of its vectors; null: it has none
 * @param name of its file, as messages show it
 */
export function embeddingMisfit(width: number | null, { width: needed }: Pick<TextEncoderSize, 'width'>, name: string) {
  if (width === needed) return null;
  return (
    `The embedding ${name} does not fit the checkpoint. Its vectors have ${width ?? 'no'} values, but the text encoder ` +
    `needs ${needed}. Use an embedding made for this kind of checkpoint, or remove its name from the prompts.`
  );
}

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

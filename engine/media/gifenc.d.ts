/** Types of the used parts of gifenc 1.0, which has no types. */
declare module 'gifenc' {
  export type Palette = number[][];

  export interface Encoder {
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { palette?: Palette; delay: number; repeat: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  }

  const gifenc: {
    GIFEncoder(options?: { initialCapacity?: number }): Encoder;
    /** @param rgba 4 bytes per pixel */
    quantize(rgba: Uint8Array, colors: number, options: { format: 'rgb565' | 'rgb444' }): Palette;
    applyPalette(rgba: Uint8Array, palette: Palette, format: 'rgb565' | 'rgb444'): Uint8Array;
  };
  export default gifenc;
}

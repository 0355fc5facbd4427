/** A decoded picture. Its memory is freed by `close`. */
export type Decoded = ImageBitmap;

export interface FrameDecoder {
  readonly frames: number;
  /** @param index below `frames` */
  decode(index: number): Promise<Decoded>;
  close(): void;
}

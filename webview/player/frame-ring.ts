/** A decoded picture: a `VideoFrame` or an `ImageBitmap`, whose memory is freed by `close`. */
export interface Closable {
  close(): void;
}

/**
 * Decoded frames, at most `capacity`. The least wanted one is closed to make room, so a long clip plays in the memory
 * of a few pictures.
 */
export class FrameRing<T extends Closable> {
  readonly #frames = new Map<number, T>();
  #wanted: readonly number[] = [];
  readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#frames.size;
  }

  get(frame: number): T | undefined {
    return this.#frames.get(frame);
  }

  /**
   * States what is shown next, most urgent first; frames beyond `capacity` are ignored.
   *
   * @returns those that are missing, in the same order
   */
  want(frames: readonly number[]): readonly number[] {
    this.#wanted = frames.slice(0, this.capacity);
    return this.#wanted.filter((frame) => !this.#frames.has(frame));
  }

  /** Takes over `picture`. It is closed at once if all the places hold frames that are wanted more. */
  set(frame: number, picture: T): void {
    this.remove(frame);
    this.#frames.set(frame, picture);
    while (this.#frames.size > this.capacity) this.remove(this.#leastWanted());
  }

  clear(): void {
    for (const frame of [...this.#frames.keys()]) this.remove(frame);
  }

  /** Frees the frame's picture, if there is one. */
  remove(frame: number): void {
    this.#frames.get(frame)?.close();
    this.#frames.delete(frame);
  }

  /** The oldest frame that nobody wants, or the one that is wanted last. */
  #leastWanted(): number {
    const rank = new Map(this.#wanted.map((frame, index) => [frame, index]));
    let least = -1;
    let worst = -1;
    for (const frame of this.#frames.keys()) {
      const order = rank.get(frame) ?? Number.POSITIVE_INFINITY;
      if (order > worst) [least, worst] = [frame, order];
    }
    return least;
  }
}

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MOST_KEPT, openAnimation } from '../../../webview/player/animation-decoder.ts';

const FRAMES = 100;

/** Keeps decoded frames as Chromium's `ImageDecoderCore` does. */
class ChromiumDecoder {
  static readonly opened: ChromiumDecoder[] = [];
  static isTypeSupported = async () => true;

  readonly completed = Promise.resolve();
  readonly tracks: { ready: Promise<void>; selectedTrack: Track | null };
  readonly kept = new Set<number>();
  most = 0;
  resets = 0;
  #last = 0;
  #inOrder = true;

  constructor() {
    this.tracks = { ready: Promise.resolve(), selectedTrack: new Track(() => this.#reset()) };
    ChromiumDecoder.opened.push(this);
  }

  async decode({ frameIndex }: { frameIndex: number }) {
    expect(this.tracks.selectedTrack?.isSelected).toBe(true);
    this.kept.add(frameIndex);
    if (this.#inOrder) {
      this.#inOrder = frameIndex === this.#last || frameIndex === (this.#last + 1) % FRAMES;
      if (this.#inOrder) for (const frame of this.kept) if (frame !== frameIndex) this.kept.delete(frame);
      this.#last = frameIndex;
    }
    this.most = Math.max(this.most, this.kept.size);
    return { image: { frameIndex, close() {} } };
  }

  close() {}

  #reset() {
    this.kept.clear();
    this.resets++;
    this.#last = 0;
    this.#inOrder = true;
  }
}

class Track {
  readonly frameCount = FRAMES;
  isSelected = true;
  readonly #reset: () => void;

  constructor(reset: () => void) {
    this.#reset = reset;
  }

  set selected(selected: boolean) {
    this.isSelected = selected;
    if (selected) this.#reset();
  }
}

async function decodeAll(indices: readonly number[]): Promise<ChromiumDecoder> {
  const decoder = await openAnimation(new Uint8Array(8), 'image/webp');
  for (const index of indices) expect(await decoder.decode(index)).toMatchObject({ frameIndex: index });
  return ChromiumDecoder.opened.at(-1)!;
}

describe('an animation', () => {
  beforeEach(() => {
    vi.stubGlobal('ImageDecoder', ChromiumDecoder);
    vi.stubGlobal('createImageBitmap', async (image: unknown) => image);
  });
  afterEach(() => vi.unstubAllGlobals());

  it('keeps few decoded frames, in whatever order they are wanted', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(FRAMES - 1), { maxLength: 300 }), async (indices) => {
        // One more: the frame before the first jump.
        expect((await decodeAll(indices)).most).toBeLessThanOrEqual(MOST_KEPT + 1);
      }),
    ));

  it('keeps one frame while it plays in a loop', async () => {
    const decoder = await decodeAll(Array.from({ length: 3 * FRAMES }, (_, i) => i % FRAMES));
    expect(decoder).toMatchObject({ most: 1, resets: 0 });
  });

  it('keeps one frame again when the loop starts anew after a jump', async () => {
    const decoder = await decodeAll([0, 1, 2, 50, 51, 0, 1, 2, 3, 4]);
    expect(decoder.resets).toBe(1);
    expect([...decoder.kept]).toEqual([4]);
  });
});

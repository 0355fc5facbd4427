import { describe, expect, it } from 'vitest';
import { ClipPlayer, RING } from '../../../webview/player/clip-player.ts';
import type { Decoded, FrameDecoder } from '../../../webview/player/frame-decoder.ts';

/** Decodes nothing, and counts what is open. */
class CountingDecoder implements FrameDecoder {
  readonly decoded: number[] = [];
  readonly frames = 1000;
  open = 0;
  most = 0;
  isClosed = false;
  readonly broken = new Set<number>();

  async decode(index: number): Promise<Decoded> {
    this.decoded.push(index);
    if (this.broken.has(index)) throw new Error(`Frame ${index} is damaged.`);
    this.most = Math.max(this.most, ++this.open);
    return { width: 8, height: 8, close: () => this.open-- } as unknown as Decoded;
  }

  close(): void {
    this.isClosed = true;
  }
}

/** A player, and a promise of the moment when a number of frames has arrived. */
function open() {
  const decoder = new CountingDecoder();
  const errors: unknown[] = [];
  let waiting: { count: number; done: () => void } | null = null;
  let finished = 0;
  const check = () => {
    if (waiting !== null && finished >= waiting.count) waiting.done();
  };
  const arrived = () => {
    finished++;
    check();
  };
  const player = new ClipPlayer(decoder, arrived, (error) => {
    errors.push(error);
    arrived();
  });
  const decodes = (count: number) =>
    new Promise<void>((done) => {
      waiting = { count, done };
      check();
    });
  return { decoder, player, errors, decodes };
}

const from = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

describe('ClipPlayer', () => {
  it('decodes what is shown next in order, and never holds more than its ring', async () => {
    const { decoder, player, decodes } = open();
    for (let first = 0; first < 300; first += 10) {
      player.want(from(first, 2 * RING));
      await decodes(first + RING);
    }
    expect(decoder.decoded).toEqual(from(0, decoder.decoded.length));
    expect(player.held).toBe(RING);
    expect(decoder.most).toBeLessThanOrEqual(RING + 1);
    expect(player.exactPicture(291)).not.toBeNull();
    expect(player.exactPicture(5)).toBeNull();
  });

  it('goes on showing the frame before until the next one is decoded', async () => {
    const { player, decodes } = open();
    player.want([3]);
    await decodes(1);
    expect(player.picture(3)).not.toBeNull();
    expect(player.picture(4)).toEqual(player.picture(3));
    expect(player.exactPicture(4)).toBeNull();
  });

  it('reports a damaged frame once, and plays the others', async () => {
    const { decoder, player, errors, decodes } = open();
    decoder.broken.add(1);
    player.want([0, 1, 2]);
    await decodes(3);
    player.want([1, 2, 3]);
    await decodes(4);
    expect(decoder.decoded).toEqual([0, 1, 2, 3]);
    expect(errors).toHaveLength(1);
  });

  it('frees everything when it is closed', async () => {
    const { decoder, player, decodes } = open();
    player.want([0, 1, 2]);
    await decodes(3);
    player.close();
    expect([decoder.open, decoder.isClosed, player.held]).toEqual([0, true, 0]);
  });
});

import type { HostMessage } from '../../protocol/preview.ts';
import { type Model, type ShownClip, sourceOf } from '../state/model.ts';
import { ClipPlayer } from './clip-player.ts';
import { openDecoder } from './decoders.ts';
import { Latents } from './latents.ts';
import type { Picture } from './picture.ts';
import { pictureIndex } from './picture-index.ts';
import { Previews } from './previews.ts';
import { RunningFrames } from './running-frames.ts';

type ClipMessage = Extract<HostMessage, { type: 'clip' }>;
type Side = 'a' | 'b';

export interface PictureEvents {
  /** A picture that was missing is there. */
  changed(): void;
  opened(side: Side, id: string, result: Pick<ShownClip, 'length' | 'failure'>): void;
  failed(error: unknown): void;
}

/** All pictures of the page: the running render's and those of the two clips. What the model no longer has is freed. */
export class Pictures {
  readonly #events: PictureEvents;
  #latents: Latents | null = null;
  readonly #previews: Previews;
  #running: RunningFrames | null = null;
  readonly #clips: Record<Side, ClipPlayer | null> = { a: null, b: null };
  readonly #opening: Record<Side, number> = { a: 0, b: 0 };

  constructor(events: PictureEvents) {
    this.#events = events;
    this.#previews = new Previews(events.changed, events.failed);
  }

  receive(message: HostMessage): void {
    switch (message.type) {
      case 'latents':
        this.#latents = new Latents(message.rgb, message.frames, message.width, message.height);
        return;
      case 'preview':
        this.#previews.add(message.frame, message.image, message.mime);
        return;
      case 'frame':
        this.#running ??= new RunningFrames(this.#events.changed, this.#events.failed);
        this.#running.add(message.frame, message.image, message.mime);
        return;
      case 'clip':
        void this.#open(message);
        return;
      default:
        return;
    }
  }

  /** Frees what the model does not show any more. */
  keepOnly(model: Model): void {
    if (model.latents === null) {
      this.#latents = null;
      this.#previews.clear();
    }
    if (model.decoded.size === 0 && this.#running !== null) {
      this.#running.player.close();
      this.#running = null;
    }
    for (const side of ['a', 'b'] as const) {
      if (model[side] === null) {
        this.#opening[side]++;
        this.#close(side);
      }
    }
  }

  /**
   * The picture of a frame on a side.
   *
   * @param position of the player, in frames of the text
   */
  picture(model: Model, side: Side, position: number, fps: number): Picture | null {
    if (side === 'a' && sourceOf(model) === 'run') {
      const frame = Math.floor(position);
      if (this.#running?.has(frame)) return this.#running.player.exactPicture(frame) ?? this.#latent(frame);
      return this.#latent(frame);
    }
    const clip = model[side];
    const player = this.#playerOf(clip, side);
    if (clip === null || player === null) return null;
    const index = pictureIndex(position, fps, { frames: player.frames, fps: clip.fps });
    return index === -1 ? null : player.picture(index);
  }

  /** States which positions are shown next, in order. */
  want(model: Model, positions: readonly number[], fps: number): void {
    if (sourceOf(model) === 'run') {
      const running = this.#running;
      running?.player.want(positions.filter((frame) => running.has(frame)));
    }
    for (const side of ['a', 'b'] as const) {
      if (side === 'a' && sourceOf(model) === 'run') continue;
      const clip = model[side];
      const player = this.#playerOf(clip, side);
      if (clip === null || player === null) continue;
      player.want(positions.map((frame) => pictureIndex(frame, fps, { frames: player.frames, fps: clip.fps })));
    }
  }

  thumbnail(model: Model, frame: number, fps: number): Picture | null {
    if (sourceOf(model) === 'run') return this.#running?.player.thumbnail(frame) ?? this.#latent(frame);
    const player = this.#playerOf(model.a, 'a');
    if (model.a === null || player === null) return null;
    return player.thumbnail(pictureIndex(frame, fps, { frames: player.frames, fps: model.a.fps }));
  }

  wantThumbnails(model: Model, frames: readonly number[], fps: number): void {
    if (sourceOf(model) === 'run') {
      const running = this.#running;
      running?.player.wantThumbnails(frames.filter((frame) => running.has(frame)));
      return;
    }
    const player = this.#playerOf(model.a, 'a');
    if (model.a === null || player === null) return;
    const { fps: clipFps } = model.a;
    player.wantThumbnails(frames.map((frame) => pictureIndex(frame, fps, { frames: player.frames, fps: clipFps })));
  }

  #latent(frame: number): Picture | null {
    return this.#previews.picture(frame) ?? this.#latents?.picture(frame) ?? null;
  }

  #playerOf(clip: ShownClip | null, side: Side): ClipPlayer | null {
    // While another clip is being opened, the one before it stays, so that nothing flashes.
    return clip === null ? null : this.#clips[side];
  }

  async #open({ side, id, content }: ClipMessage): Promise<void> {
    const turn = ++this.#opening[side];
    if (content.kind === 'unsupported') {
      this.#close(side);
      return;
    }
    try {
      const decoder = await openDecoder(content);
      if (turn !== this.#opening[side]) {
        decoder.close();
        return;
      }
      const first = await decoder.decode(0);
      const { width, height } = first;
      first.close();
      if (turn !== this.#opening[side]) {
        decoder.close();
        return;
      }
      this.#close(side);
      this.#clips[side] = new ClipPlayer(decoder, this.#events.changed, this.#events.failed);
      this.#events.opened(side, id, {
        length: { frames: decoder.frames, width, height },
        failure: null,
      });
    } catch (error) {
      if (turn !== this.#opening[side]) return;
      this.#close(side);
      this.#events.opened(side, id, { length: null, failure: error instanceof Error ? error.message : `${error}` });
    }
  }

  #close(side: Side): void {
    this.#clips[side]?.close();
    this.#clips[side] = null;
  }
}

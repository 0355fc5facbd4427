import type { HostMessage, PageMessage } from '../protocol/preview.ts';
import { RING } from './player/clip-player.ts';
import { advance, type ClipLength, seek, shownFrame, togglePlaying, upcomingFrames } from './player/clock.ts';
import { playedLength } from './player/picture-index.ts';
import { Pictures } from './player/pictures.ts';
import { PreviewInputPictures } from './preview-inputs.ts';
import { announcement } from './state/announce.ts';
import { EMPTY_MODEL, type Model, opened, receive, sourceOf } from './state/model.ts';
import type { View } from './state/view.ts';
import { revealFrame } from './timeline/axis.ts';

export interface PreviewOptions {
  readonly view: View;
  readonly post: (message: PageMessage) => void;
  /** The person prefers a page on which nothing moves by itself. */
  readonly reducedMotion: boolean;
}

/** How long the playhead rests before the host is asked about its frame, in milliseconds. */
const REST = 80;

/** Pixels by which pictures grow, so that not each change of a size asks for new ones. */
const SIZE_STEP = 128;

/** A tab in the background gets no frames; what it missed is not caught up. */
const LONGEST_TICK = 0.25;

/** The page without its appearance: what was received, what was arranged, the clock, and the pictures. */
export class Preview {
  model: Model = EMPTY_MODEL;
  view: View;
  /** What a screen reader is told, the last of it. */
  spoken = '';
  /** Counts pictures that have arrived, so that drawings know when they are out of date. */
  pictureCount = 0;
  readonly pictures: Pictures;
  /** Source frames and hints. */
  readonly inputs: PreviewInputPictures;
  readonly post: (message: PageMessage) => void;
  readonly #listeners = new Set<() => void>();
  readonly #reducedMotion: boolean;
  #lastTick: number | null = null;
  #rest: ReturnType<typeof setTimeout> | null = null;
  /** What the host was last asked about. */
  #inspected: { readonly frame: number; readonly timeline: unknown } | null = null;
  #shownSide: number | null = null;
  #askedStep: { readonly step: number; readonly timeline: unknown } | null = null;

  constructor({ view, post, reducedMotion }: PreviewOptions) {
    this.view = reducedMotion ? { ...view, clock: { ...view.clock, playing: false } } : view;
    this.post = post;
    this.#reducedMotion = reducedMotion;
    this.pictures = new Pictures({
      changed: () => this.#pictureChanged(),
      opened: (side, id, result) => this.#setModel(opened(this.model, side, id, result)),
      failed: (error) => this.fail('A frame could not be decoded', error),
    });
    this.inputs = new PreviewInputPictures(
      post,
      () => this.#pictureChanged(),
      (error) => this.fail('A picture of the input could not be decoded', error),
    );
    if (this.view.clock.playing) this.#run();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  receive(message: HostMessage): void {
    try {
      this.pictures.receive(message);
      this.inputs.receive(message);
    } catch (error) {
      this.fail('A picture could not be read', error);
      return;
    }
    const { name } = this.model;
    this.#setModel(receive(this.model, message));
    // A loop range is of a clip. After a reload, it is of the first file that is shown.
    if (name !== null && name !== this.model.name) this.change({ clock: { ...this.view.clock, range: null } });
    if (message.type === 'thumbnail') this.#pictureChanged();
    // The text's cursor leads, except while something is played: there it would only interrupt.
    if (message.type === 'cursor' && !this.view.clock.playing) this.seek(message.frame);
  }

  /** Pictures of the input that the timeline shows. */
  showStrip(ids: readonly number[]): void {
    this.inputs.showStrip(ids);
    this.inputs.ask(this);
  }

  /** @param pixels of the longer side of a frame, on the screen */
  showsAt(pixels: number): void {
    const longestSide = Math.max(1, Math.ceil(pixels / SIZE_STEP)) * SIZE_STEP;
    if (longestSide === this.#shownSide) return;
    this.#shownSide = longestSide;
    this.post({ type: 'shownSize', longestSide });
  }

  /** Reports an error of the page to the host's log. */
  fail(what: string, error: unknown): void {
    this.post({ type: 'error', message: `${what}: ${error instanceof Error ? error.message : `${error}`}` });
  }

  change(view: Partial<View>): void {
    this.view = { ...this.view, ...view };
    this.#changed();
    if (this.view.clock.playing) this.#run();
  }

  say(text: string): void {
    // The same text again is announced only if it differs.
    this.spoken = this.spoken === text ? `${text} ` : text;
    this.#changed();
  }

  get length(): ClipLength {
    const { timeline, a } = this.model;
    const clip = sourceOf(this.model) === 'clip' && a?.length ? { frames: a.length.frames, fps: a.fps } : null;
    return playedLength(timeline?.timeline ?? null, clip);
  }

  /** The shown frame. */
  get frame(): number {
    return shownFrame(this.view.clock, this.length.frames);
  }

  /** Moves the playhead, and the visible part of the timeline only as far as needed. */
  seek(frame: number): void {
    const clock = seek(this.view.clock, frame, this.length.frames);
    const frames = this.model.timeline?.timeline.frames ?? 1;
    this.change({ clock, span: revealFrame(this.view.span, frames, Math.min(clock.position, frames - 1)) });
  }

  /** Moves by frames, and stops playing. */
  step(by: number): void {
    this.pause();
    this.seek(this.frame + by);
  }

  togglePlaying(): void {
    this.change({ autoplay: false, clock: togglePlaying(this.view.clock, this.length.frames) });
  }

  pause(): void {
    if (this.view.clock.playing) this.change({ autoplay: false, clock: { ...this.view.clock, playing: false } });
  }

  #setModel(model: Model): void {
    const before = this.model;
    if (model === before) return;
    this.model = model;
    this.pictures.keepOnly(model);
    const text = announcement(before, model);
    if (text !== null) this.spoken = text;
    this.pictureCount++;
    const mayStart = this.view.autoplay && !this.#reducedMotion;
    if (mayStart && (model.latents !== null || model.a?.length)) {
      this.change({ autoplay: false, clock: { ...this.view.clock, playing: true } });
    } else this.#changed();
  }

  #pictureChanged(): void {
    this.pictureCount++;
    for (const listener of this.#listeners) listener();
  }

  #changed(): void {
    this.#wantPictures();
    this.#ask();
    for (const listener of this.#listeners) listener();
  }

  #wantPictures(): void {
    this.inputs.ask(this);
    const { frames, fps } = this.length;
    this.pictures.want(this.model, upcomingFrames(this.view.clock, frames, RING), fps);
  }

  /** Asks the host for what is shown beside the picture. */
  #ask(): void {
    const { timeline } = this.model;
    if (timeline === null) return;
    const step = Math.min(this.view.step, timeline.timeline.steps - 1);
    if (this.#askedStep?.step !== step || this.#askedStep.timeline !== timeline) {
      this.#askedStep = { step, timeline };
      this.post({ type: 'stepWindows', step });
    }
    if (this.view.clock.playing) return;
    if (this.#inspected?.frame === this.frame && this.#inspected.timeline === timeline) return;
    if (this.#rest !== null) clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      const frame = Math.min(this.frame, timeline.timeline.frames - 1);
      if (this.view.clock.playing) return;
      this.#inspected = { frame: this.frame, timeline: this.model.timeline };
      this.post({ type: 'inspect', frame });
    }, REST);
  }

  #run(): void {
    if (this.#lastTick !== null) return;
    this.#lastTick = performance.now();
    requestAnimationFrame(this.#tick);
  }

  readonly #tick = (now: number): void => {
    const seconds = Math.min(Math.max(0, now - (this.#lastTick ?? now)) / 1000, LONGEST_TICK);
    this.#lastTick = this.view.clock.playing ? now : null;
    if (this.#lastTick === null) return;
    const before = this.view.clock;
    const clock = advance(before, seconds, this.length);
    this.view = { ...this.view, clock };
    requestAnimationFrame(this.#tick);
    const { a } = this.model;
    // An interpolated clip has several pictures for a frame.
    const parts = a === null ? 1 : Math.max(1, Math.ceil(a.fps / this.length.fps));
    const moved = Math.floor(clock.position * parts) !== Math.floor(before.position * parts);
    if (moved || clock.playing !== before.playing) this.#changed();
  };
}

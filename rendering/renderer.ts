import type { Work } from '../plan/work.ts';
import type { LogLine, RenderPicture, RenderProgress, RenderResult, Watching } from '../protocol/engine.ts';

/** What happens while a plan is rendered. */
export type RenderEvent =
  | { readonly kind: 'progress'; readonly progress: RenderProgress }
  /** A line for the log. */
  | ({ readonly kind: 'log' } & LogLine)
  /** Only of a render that is watched. */
  | RenderPicture;

export interface RenderOptions {
  /** Continue an unfinished render of the same plan, if its progress was saved; default: false. */
  readonly resume?: boolean;
}

/** Work that was submitted. */
export interface Rendering {
  /** Never rejects: a crash, a kill or a lost connection is a failed result. */
  readonly result: Promise<RenderResult>;
  /** Requests the end; the result is then `cancelled`, unless the render finishes first. May be called at any time. */
  cancel(): void;
  /** Requests the end after the step that is being made; what there is is decoded and written. */
  stopHere(): void;
}

/** A way to render: the engine on this computer; later other programs and other computers. */
export interface Renderer {
  /** What does the work. Renderers with the same device share it, so their jobs run one at a time. */
  readonly device: string;
  /** Starts at once; `RenderQueue` waits for its turn. No event comes after the result. */
  submit(work: Work, onEvent: (event: RenderEvent) => void, options?: RenderOptions): Rendering;
  /** Which pictures its renders report, from now on. */
  watch(watching: Watching): void;
}

export const CANCELLED: RenderResult = { ok: false, kind: 'cancelled', message: 'The render was canceled.' };

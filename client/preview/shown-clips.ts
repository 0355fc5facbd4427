import type { HostMessage } from '../../protocol/preview.ts';
import { clipContent } from './clip-content.ts';

export interface ShownClip {
  /** Path of its file or folder. */
  readonly path: string;
  readonly label: string;
  readonly fps: number;
}

/** The clips that the page plays: `a`, and `b` beside it. Files are read anew for each page, and never kept. */
export class ShownClips {
  readonly #post: (message: HostMessage) => void;
  readonly #changed: () => void;
  readonly #shown: { a: ShownClip | null; b: ShownClip | null } = { a: null, b: null };

  /** @param changed called when another clip is to be shown */
  constructor(post: (message: HostMessage) => void, changed: () => void) {
    this.#post = post;
    this.#changed = changed;
  }

  get a(): ShownClip | null {
    return this.#shown.a;
  }

  /** Reads and sends a clip, unless another one is to be shown by then. */
  async show(side: 'a' | 'b', clip: ShownClip): Promise<void> {
    this.#shown[side] = clip;
    this.#changed();
    await this.#send(side, clip);
  }

  clearCompare(): void {
    this.#shown.b = null;
    this.#post({ type: 'clearCompare' });
  }

  /** A file is gone. */
  forget(path: string): void {
    if (this.#shown.b?.path === path) this.clearCompare();
    if (this.#shown.a?.path === path) this.#shown.a = null;
  }

  /** Everything again, for a new page. */
  async sendAll(): Promise<void> {
    const { a, b } = this.#shown;
    if (a) await this.#send('a', a);
    if (b) await this.#send('b', b);
  }

  async #send(side: 'a' | 'b', clip: ShownClip): Promise<void> {
    const content = await clipContent(clip.path, clip.fps);
    if (this.#shown[side] !== clip) return;
    this.#post({ type: 'clip', side, id: clip.path, label: clip.label, content });
  }
}

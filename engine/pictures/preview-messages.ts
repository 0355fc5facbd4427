import type { GraphModel } from '../graph/builder.ts';
import type { Runtime } from '../onnx/session.ts';

/** To the thread that decodes previews. Both sides are parts of one process, so messages are not validated. */
export type ToPreviews =
  | { readonly kind: 'open'; readonly model: GraphModel; readonly runtime: Runtime }
  | {
      readonly kind: 'decode';
      /** `[frames, 4, height, width]`, scaled as the UNet's, flat. */
      readonly latents: Float32Array;
      readonly frames: number;
      readonly height: number;
      readonly width: number;
      /** Side in latents of the tiles that the graph decodes. */
      readonly side: number;
      /** In shared memory: not 0 when no further frame is wanted. */
      readonly stop: Int32Array;
    }
  | { readonly kind: 'close' };

export type FromPreviews =
  /** 8-bit `[8·height, 8·width, 3]`. */
  | { readonly kind: 'frame'; readonly position: number; readonly rgb: Uint8Array }
  /** All frames are done, or no further one is wanted. */
  | { readonly kind: 'end'; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly message: string };

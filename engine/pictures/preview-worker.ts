import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../plan/message-of.ts';
import { toRgb } from '../media/pixels.ts';
import { decodeInTiles } from '../models/vae/tiles.ts';
import { Session } from '../onnx/session.ts';
import type { FromPreviews, ToPreviews } from './preview-messages.ts';

/** A thread that decodes a clip frame by frame: ONNX Runtime blocks the thread that calls it. */
let session: Session | undefined;

const post = (message: FromPreviews) => parentPort?.postMessage(message);

async function handle(request: ToPreviews): Promise<void> {
  switch (request.kind) {
    case 'open':
      session = await Session.create(request.model, request.runtime);
      return;
    case 'decode':
      return decode(request);
    case 'close':
      await session?.release();
      parentPort?.close();
  }
}

async function decode({ latents, frames, ...shape }: Extract<ToPreviews, { kind: 'decode' }>): Promise<void> {
  const opened = session;
  if (!opened) throw new Error('A decoder that was not opened was to be run.');
  const start = performance.now();
  const size = latents.length / frames;
  const isWanted = () => Atomics.load(shape.stop, 0) === 0;
  for (let position = 0; position < frames && isWanted(); position++) {
    const frame = latents.subarray(position * size, (position + 1) * size);
    const pixels = await decodeInTiles(frame, shape, (tile, height, width) =>
      opened.run({ latents: { data: tile, dims: [1, 4, height, width] } }),
    );
    post({ kind: 'frame', position, rgb: toRgb(pixels) });
  }
  post({ kind: 'end', milliseconds: performance.now() - start });
}

/** One request at a time. */
let last = Promise.resolve();
parentPort?.on('message', (request: ToPreviews) => {
  last = last
    .then(() => handle(request))
    .catch((error: unknown) => post({ kind: 'failed', message: messageOf(error) }));
});

import { shownSeconds } from '../../videos/animation-frames.ts';
import { NO_WHOLE_FRAME, ONE_IMAGE } from '../../videos/refusals.ts';
import { RenderError } from '../failure.ts';
import { loadSharp } from '../media/load-sharp.ts';
import { type Animation, composed, onWhite } from './animation.ts';
import { type InputContext, type PixelSize, type SourcePicture, tooLarge, type VideoSource } from './source.ts';

/**
 * A GIF, animated WebP or APNG as a video, without ffmpeg.
 *
 * @param name of the file
 * @throws RenderError if it is one image, or too large
 */
export function openAnimation(name: string, animation: Animation | null, { signal }: InputContext): VideoSource {
  const fail = (message: string) => new RenderError('unsupported', message);
  const isOneImage = !animation || (animation.parts.length === 1 && !animation.isCutOff);
  if (isOneImage) throw fail(`“${name}” ${ONE_IMAGE.is}`);
  const { width, height, parts, isCutOff } = animation;
  const isTooLarge = tooLarge(name, width, height);
  if (isTooLarge !== null) throw fail(isTooLarge);
  if (parts.length === 0) throw fail(`“${name}” ${NO_WHOLE_FRAME.is}`);
  const starts: number[] = [];
  let end = 0;
  for (const part of parts) {
    starts.push(end);
    end += shownSeconds(part);
  }
  return {
    times: { starts, end },
    cutOffFrom: isCutOff ? Number.POSITIVE_INFINITY : null,
    async *frames(picks, size) {
      const wanted = new Set(picks);
      const last = picks.at(-1) ?? -1;
      let frame = 0;
      for await (const canvas of decoded(name, animation)) {
        signal.throwIfAborted();
        if (wanted.has(frame)) {
          yield { frame, picture: await stretched({ width, height, rgb: onWhite(canvas) }, size) };
        }
        if (frame >= last) return;
        frame++;
      }
    },
  };
}

async function* decoded(name: string, animation: Animation): AsyncGenerator<Uint8Array> {
  try {
    yield* composed(animation);
  } catch {
    throw new RenderError('unsupported', `“${name}” is damaged: a frame cannot be decoded. Use another copy.`);
  }
}

/** A picture in another size, with Lanczos' filter as A1111. */
export async function stretched(picture: SourcePicture, size: PixelSize | null): Promise<SourcePicture> {
  const { width, height, rgb } = picture;
  if (!size || (size.width === width && size.height === height)) return picture;
  const sharp = await loadSharp();
  const data = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(size.width, size.height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer();
  return { ...size, rgb: data };
}

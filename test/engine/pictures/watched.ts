import { RenderPictures } from '../../../engine/pictures/render-pictures.ts';
import type { RenderPicture } from '../../../protocol/engine.ts';

/** Pictures of a render that somebody watches, each a second after the one before, so that all are shown. */
export async function watchedPictures() {
  const seen: RenderPicture[] = [];
  let now = 0;
  const pictures = new RenderPictures(
    (picture) => seen.push(picture),
    () => {
      now += 1000;
      return now;
    },
  );
  await pictures.watch({ longestSide: null });
  return { pictures, seen };
}

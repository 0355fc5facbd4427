import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotate } from '../../../engine/annotators/annotate.ts';
import { USES_SEED } from '../../../engine/annotators/annotator.ts';
import { hintOf } from '../../../engine/annotators/hint.ts';
import type { Picture } from '../../../engine/annotators/picture.ts';
import { ANNOTATORS, type AnnotatorName, sliderValues } from '../../../plan/annotators.ts';
import { runs } from '../../property-runs.ts';
import { flat, pictures } from './pictures.ts';

const NAMES = Object.keys(ANNOTATORS) as AnnotatorName[];

function annotateWithDefaults<Name extends AnnotatorName>(
  name: Name,
  picture: Picture,
  resolution: number,
  seed = 1,
): Picture {
  return annotate(name, picture, { ...sliderValues(name, {}), resolution, seed });
}

describe('the hint of a picture that is very thin', () => {
  const SIZES = [
    [3000, 3],
    [3, 3000],
    [2000, 1],
    [1, 2000],
    [1, 1],
    [2, 1],
  ] as const;

  it.each(NAMES.flatMap((name) => (['stretch', 'crop', 'fill'] as const).map((resize) => [name, resize] as const)))(
    'is as large as the frame: %s, %s',
    (preprocessor, resize) => {
      for (const [width, height] of SIZES) {
        const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37) % 256);
        const picture: Picture = { width, height, channels: 3, data };
        const hint = hintOf(picture, { preprocessor, resize, width: 64, height: 32, seed: 1 });
        expect([hint.width, hint.height, hint.data.length], `${width}×${height}`).toEqual([64, 32, 64 * 32 * 3]);
      }
    },
  );
});

describe('annotate', () => {
  it.each(NAMES)('makes a whole picture with %s and changes nothing of the source', (name) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }).chain((channels) => pictures(channels)),
        (picture) => {
          const before = picture.data.slice();
          const hint = annotateWithDefaults(name, picture, 66);
          expect(picture.data).toEqual(before);
          expect(hint.data).toHaveLength(hint.width * hint.height * hint.channels);
          expect([1, 3]).toContain(hint.channels);
          const shorter = Math.min(hint.width, hint.height);
          expect(shorter).toBe(ANNOTATORS[name].usesResolution ? 66 : Math.min(picture.width, picture.height));
        },
      ),
      runs(15),
    );
  });

  it.each(NAMES)('depends on the seed with %s only if that is known, because hints are cached', (name) => {
    const data = Uint8Array.from({ length: 70 * 66 * 3 }, (_, i) => (i * i * 31) % 256);
    const [first, second] = [1, 2].map((seed) =>
      annotateWithDefaults(name, { width: 70, height: 66, channels: 3, data }, 64, seed),
    );
    expect(Buffer.from(first!.data).equals(second!.data)).toBe(!USES_SEED.has(name));
  });

  it.each(['canny', 'scribble_xdog', 'lineart_standard'] as const)('finds nothing in one color with %s', (name) => {
    const hint = annotateWithDefaults(name, flat(40, 30, [200, 30, 90]), 64);
    expect(hint.data.every((value) => value === 0)).toBe(true);
  });

  it('shuffles as numpy 2.4 and OpenCV 4.14 do', () => {
    const [width, height] = [80, 64];
    const data = new Uint8Array(width * height * 3);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) data.set([x * 3, y * 4, (x * y) % 256], (y * width + x) * 3);
    }
    const picture = { width, height, channels: 3, data };
    const shuffled = annotate('shuffle', picture, { resolution: 64, seed: 42 }).data;
    const at = (x: number, y: number) => [...shuffled.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
    expect([at(20, 10), at(40, 31), at(79, 63)]).toEqual([
      [65, 42, 227],
      [120, 107, 53],
      [172, 252, 27],
    ]);
    expect(createHash('sha256').update(shuffled).digest('hex')).toBe(
      '64df8301f5c4054c05ca96389601158ec449573337e12964a71469d739ecef10',
    );
    expect(annotate('shuffle', picture, { resolution: 64, seed: 43 }).data).not.toEqual(shuffled);
  });
});

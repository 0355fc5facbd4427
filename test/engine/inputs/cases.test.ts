import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { planPictures } from '../../../engine/inputs/pictures.ts';
import { videoImages } from '../../../grammar/clip/images.ts';
import { findImages } from '../../../library/images.ts';
import { numberOf, patchesOf, whiteOf } from './numbered-frame.ts';
import { CASES_FOLDER, HAS_CASES, REAL_FFMPEG } from './real-ffmpeg.ts';

const Mentions = z.object({ mentions: z.array(z.string()) });
const Plan = z.object({
  fps: z.string(),
  frames: z.number(),
  from: z.number().default(0),
  to: z.number().optional(),
  repeat: z.boolean().default(false),
  /** null: not checked. */
  shows: z.array(z.number().nullable()).default([]),
  /** Any frame may be the next one. */
  orNext: z.boolean().default(false),
  error: z.string().optional(),
  warning: z.string().optional(),
  mentions: z.array(z.string()).default([]),
});
const Case = z.object({
  id: z.string(),
  file: z.string(),
  source: z.object({ size: z.tuple([z.number(), z.number()]) }).optional(),
  /** Of a folder whose images have several. */
  sizes: z.array(z.unknown()).optional(),
  /** Only some images have all colors. */
  patchesOf: z.string().optional(),
  plans: z.array(Plan).optional(),
  error: Mentions.optional(),
  warning: Mentions.optional(),
  hdr: z.object({ white: z.number() }).optional(),
  colours: z.object({ tolerance: z.number().optional(), patches: z.array(z.array(z.number())).optional() }).optional(),
});

/** What a description of videos that people have says of them. */
const Cases = z.object({
  patches: z.array(z.array(z.number())),
  sections: z.array(z.object({ cases: z.array(Case) })),
});

/** Problems of a document, which the tests of the grammar show: a clip with them is never read. */
const ERRORS_OF_CHECKS = /^(?:negative from|to before from)$/;
const IS_FOLDER = /^folder/;
/** Folders that the checks refuse. */
const REFUSED_FOLDERS = /^folder-(?:bmp|unsupported|nothing|nested|video|single)$/;

const read = () => Cases.parse(JSON.parse(readFileSync(join(CASES_FOLDER, 'video.json'), 'utf8')));
const { patches: PATCHES, sections } = HAS_CASES ? read() : { patches: [], sections: [] };
const cases = sections.flatMap(({ cases }) => cases).filter(({ id }) => !REFUSED_FOLDERS.test(id));

const rateOf = (text: string) => {
  const [frames, seconds = '1'] = text.split('/');
  return Number(frames) / Number(seconds);
};

/** The patch whose color is nearest to a color. */
function nearestPatch(color: readonly number[]): number {
  const distances = PATCHES.map((patch) => Math.hypot(...patch.map((value, channel) => value - color[channel]!)));
  return distances.indexOf(Math.min(...distances));
}

async function shown(file: string, plan: z.infer<typeof Plan>) {
  const images = await findImages(join(CASES_FOLDER, 'video', file));
  const range = { from: plan.from, to: plan.to ?? null, repeat: plan.repeat };
  const planned = videoImages(images!, range, { frames: plan.frames, fps: rateOf(plan.fps) });
  const numbers: (number | null)[] = [];
  let size: number[] = [];
  let patches: number[][] | null = null;
  let white = 0;
  const warnings: string[] = [];
  const warn = (line: string) => void warnings.push(line);
  const context = { signal: new AbortController().signal, warn, info: () => {} };
  for await (const picture of planPictures(planned.images, new Set(planned.ofFrame), null, context)) {
    size = [picture.width, picture.height];
    const number = numberOf(picture);
    for (const index of picture.indices) numbers[index] = number;
    if (number === 1) [patches, white] = [patchesOf(picture), whiteOf(picture)];
  }
  return { numbers: planned.ofFrame.map((image) => numbers[image]), size, patches, white, warnings };
}

describe.skipIf(!HAS_CASES || REAL_FFMPEG === undefined)('videos that people have', () => {
  it.each(cases)('$id', async ({ file, plans = [], ...expected }) => {
    const { source, sizes, patchesOf: some, error, warning, colours, hdr } = expected;
    if (error) {
      const plan = Plan.parse({ fps: '8', frames: 8 });
      const failure = await shown(file, plan).then(
        () => '',
        (thrown: Error) => thrown.message,
      );
      expect(error.mentions.filter((mention) => !failure.includes(mention))).toEqual([]);
      return;
    }
    for (const plan of plans) {
      if (plan.error !== undefined) {
        if (ERRORS_OF_CHECKS.test(plan.error) || IS_FOLDER.test(file)) continue;
        await expect(shown(file, plan)).rejects.toThrow();
        const failure = await shown(file, plan).catch((thrown: Error) => thrown.message);
        expect(plan.mentions.filter((mention) => !String(failure).includes(mention))).toEqual([]);
        continue;
      }
      const { numbers, size, patches, white, warnings } = await shown(file, plan);
      const mentions = plan.warning === undefined ? (warning?.mentions ?? null) : plan.mentions;
      const unsaid = mentions?.filter((mention) => !warnings[0]?.includes(mention)) ?? [];
      expect([warnings.length, unsaid, warnings]).toEqual([mentions ? 1 : 0, [], warnings]);
      const wrong = plan.shows.filter((number, i) => {
        const next = plan.orNext && numbers[i] === (number ?? 0) + 1;
        return number !== null && numbers[i] !== number && !next;
      });
      expect([numbers.length, wrong]).toEqual([plan.shows.length, []]);
      if (source && !sizes) expect(size).toEqual(source.size);
      // Debian's ffmpeg has the filters that map HDR.
      if (hdr) expect([patches?.map(nearestPatch), white >= hdr.white]).toEqual([[0, 1, 2, 3, 4, 5], true]);
      if (colours?.tolerance === undefined || !patches || some !== undefined) continue;
      const differences = (colours.patches ?? PATCHES).flatMap((patch, i) =>
        patch.map((value, channel) => Math.abs(value - patches[i]![channel]!)),
      );
      // One pixel of each patch is read, and not a mean.
      expect(Math.max(...differences)).toBeLessThanOrEqual(colours.tolerance + 2);
    }
  });
});

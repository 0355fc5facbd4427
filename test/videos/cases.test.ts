import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readVideoHeader } from '../../videos/read-header.ts';
import { CASES_FOLDER, HAS_CASES } from '../engine/inputs/real-ffmpeg.ts';

const Case = z.object({
  id: z.string(),
  file: z.string(),
  source: z
    .object({ size: z.tuple([z.number(), z.number()]), frames: z.number(), seconds: z.number() })
    .partial()
    .optional(),
  error: z.object({ mentions: z.array(z.string()) }).optional(),
});
const Cases = z.object({ sections: z.array(z.object({ cases: z.array(Case) })) });

const read = () => Cases.parse(JSON.parse(readFileSync(join(CASES_FOLDER, 'video.json'), 'utf8')));
const cases = (HAS_CASES ? read().sections : [])
  .flatMap((section) => section.cases)
  .filter(({ id, file }) => !id.startsWith('folder') && !file.startsWith('folder'));

/** What only ffmpeg knows: codecs, the size of a stream that changes, containers without a header. */
const ONLY_FFMPEG: ReadonlySet<string> = new Set(['unknown-codec', 'size-change', 'start-1.4', 'wrap', '8k']);

describe.skipIf(!HAS_CASES)('headers of videos that people have', () => {
  it.each(cases)('$id', async ({ id, file, source, error }) => {
    const header = await readVideoHeader(join(CASES_FOLDER, 'video', file));
    if (ONLY_FFMPEG.has(id)) {
      expect(header.kind).toBe('video');
      return;
    }
    if (error) {
      const refusal = header.kind === 'refused' ? `${file} ${header.is}` : '';
      expect(error.mentions.filter((mention) => !refusal.includes(mention))).toEqual([]);
      return;
    }
    if (header.kind !== 'video') throw new Error(JSON.stringify(header));
    // Of an animation that is cut off, whole frames are used.
    if (!source) expect([header.cutOffFrom, header.frames]).toEqual([Number.POSITIVE_INFINITY, 7]);
    if (!source) return;
    const { size, frames, seconds } = source;
    if (size) expect([header.size?.width, header.size?.height]).toEqual(size);
    if (frames !== undefined) expect(header.frames).toBe(frames);
    if (seconds !== undefined) expect(Math.abs(header.seconds! - seconds)).toBeLessThan(0.0011);
  });
});

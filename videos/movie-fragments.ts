import { boxAt, boxesOf } from './boxes.ts';
import type { Sample } from './movie-samples.ts';

/** Flags of a fragment's header and of its runs (ISO/IEC 14496-12 §8.8.7, §8.8.8). */
const HAS_BASE = 0x01;
const HAS_DESCRIPTION = 0x02;
const HAS_DURATION = 0x08;
const RUN_HAS_OFFSET = 0x01;
const RUN_HAS_FIRST_FLAGS = 0x04;
const SAMPLE_HAS_DURATION = 0x100;
const SAMPLE_HAS_SIZE = 0x200;
const SAMPLE_HAS_FLAGS = 0x400;
const SAMPLE_HAS_OFFSET = 0x800;

/** How long a sample of a track lasts if its fragment does not say so, in ticks. */
export function defaultTicks(movie: Buffer, track: number): number {
  const defaults = boxesOf(movie, { start: 0, end: movie.length }, 'mvex').flatMap((box) =>
    boxesOf(movie, box, 'trex'),
  );
  const own = defaults.find(({ start }) => movie.readUInt32BE(start + 4) === track);
  return own ? movie.readUInt32BE(own.start + 12) : 0;
}

/**
 * The samples of a track in one fragment.
 *
 * @param fragment the content of a `moof` box @param from when it starts, if it does not say so, in ticks
 */
export function fragmentSamples(fragment: Buffer, track: number, ticks: number, from: number): Sample[] {
  const samples: Sample[] = [];
  for (const part of boxesOf(fragment, { start: 0, end: fragment.length }, 'traf')) {
    const header = boxAt(fragment, part, 'tfhd');
    if (!header || fragment.readUInt32BE(header.start + 4) !== track) continue;
    const flags = fragment.readUIntBE(header.start + 1, 3);
    const duration = header.start + 8 + (flags & HAS_BASE ? 8 : 0) + (flags & HAS_DESCRIPTION ? 4 : 0);
    const usual = flags & HAS_DURATION ? fragment.readUInt32BE(duration) : ticks;
    const base = boxAt(fragment, part, 'tfdt');
    let decoded = !base
      ? from
      : fragment[base.start] === 1
        ? Number(fragment.readBigUInt64BE(base.start + 4))
        : fragment.readUInt32BE(base.start + 4);
    for (const run of boxesOf(fragment, part, 'trun')) {
      for (const sample of runSamples(fragment.subarray(run.start, run.end), usual)) {
        samples.push({ start: decoded + sample.offset, ticks: sample.ticks });
        decoded += sample.ticks;
      }
    }
  }
  return samples;
}

function* runSamples(run: Buffer, usual: number): Generator<{ readonly ticks: number; readonly offset: number }> {
  const flags = run.readUIntBE(1, 3);
  /** Bytes of those of these values that each sample has. */
  const bytesOf = (...values: readonly number[]) => values.filter((value) => flags & value).length * 4;
  const offsetAt = bytesOf(SAMPLE_HAS_DURATION, SAMPLE_HAS_SIZE, SAMPLE_HAS_FLAGS);
  const length = offsetAt + bytesOf(SAMPLE_HAS_OFFSET);
  const start = 8 + (flags & RUN_HAS_OFFSET ? 4 : 0) + (flags & RUN_HAS_FIRST_FLAGS ? 4 : 0);
  const claimed = run.readUInt32BE(4);
  const count =
    length === 0 ? Math.min(claimed, MOST_OF_RUN) : Math.min(claimed, Math.floor((run.length - start) / length));
  for (let i = 0; i < count; i++) {
    const sample = start + i * length;
    yield {
      ticks: flags & SAMPLE_HAS_DURATION ? run.readUInt32BE(sample) : usual,
      offset: flags & SAMPLE_HAS_OFFSET ? run.readInt32BE(sample + offsetAt) : 0,
    };
  }
}

/** Of a run whose samples say nothing of their own. */
const MOST_OF_RUN = 100_000;

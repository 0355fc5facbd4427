import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readVideoHeader } from '../../videos/read-header.ts';

const fixture = (name: string) => join(import.meta.dirname, 'files', name);
const animation = (name: string) => join(import.meta.dirname, '../engine/inputs/files', name);

/** The header without what is usual. */
async function header(path: string) {
  const { kind, ...facts } = await readVideoHeader(path);
  const usual: Readonly<Record<string, unknown>> = {
    rotation: 0,
    cutOffFrom: null,
    isHdr: false,
    isVariable: false,
    hasAudio: false,
    reason: 'other',
  };
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([key, value]) => usual[key] !== value)
      .map(([key, value]) => [key, typeof value === 'number' && key !== 'frames' ? Number(value.toFixed(3)) : value]),
  );
}

function written(bytes: Buffer | string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'videos-')), 'clip.mp4');
  writeFileSync(path, bytes);
  return path;
}

describe('the header of a video', () => {
  it.each([
    ['one-frame.mp4', { container: 'mp4', codec: 'H.264', size: [128, 96], fps: 24, frames: 1, seconds: 0.042 }],
    ['c-av1.mp4', { container: 'mp4', codec: 'AV1', size: [192, 128], fps: 8, frames: 8, seconds: 1 }],
    [
      'turn-90.mp4',
      { container: 'mp4', codec: 'H.264', size: [128, 192], rotation: 90, fps: 12, frames: 12, seconds: 1 },
    ],
    ['hdr-pq.mp4', { container: 'mp4', codec: 'HEVC', size: [192, 128], fps: 8, frames: 8, seconds: 1, isHdr: true }],
    [
      'vfr.mp4',
      { container: 'mp4', codec: 'H.264', size: [192, 128], fps: 6, isVariable: true, frames: 12, seconds: 2 },
    ],
    ['fragments.mp4', { container: 'mp4', codec: 'H.264', size: [192, 128], fps: 24, frames: 36, seconds: 1.5 }],
    // The header promises an hour; its tables have 36 frames.
    ['lying.mp4', { container: 'mp4', codec: 'H.264', size: [192, 128], fps: 24, frames: 36, seconds: 1.5 }],
    ['edit-trim.mov', { container: 'mov', codec: 'H.264', size: [192, 128], fps: 24, frames: 24, seconds: 1 }],
    ['edit-two.mov', { container: 'mov', codec: 'H.264', size: [192, 128], fps: 24, frames: 24, seconds: 1 }],
    ['narrow-pixels.mkv', { container: 'mkv', codec: 'H.264', size: [160, 120], fps: 12, frames: 12, seconds: 1 }],
    ['recorder.webm', { container: 'webm', codec: 'VP9', size: [192, 128], fps: 24, frames: 36, seconds: 1.5 }],
    [
      'vfr.webm',
      { container: 'webm', codec: 'VP9', size: [192, 128], fps: 6.207, isVariable: true, frames: 12, seconds: 1.933 },
    ],
    [
      'cut-off.mp4',
      { container: 'mp4', codec: 'H.264', size: [192, 128], fps: 24, frames: 29, seconds: 1.208, cutOffFrom: 2 },
    ],
    [
      'cut-off.webm',
      { container: 'webm', codec: 'VP9', size: [192, 128], fps: 24, frames: 29, seconds: 1.208, cutOffFrom: 2 },
    ],
  ] as const)('of %s', async (name, { size: [width, height], ...facts }) => {
    expect(await header(fixture(name))).toEqual({ ...facts, size: { width, height } });
  });

  it.each([
    ['gif-zero.gif', { container: 'gif', codec: 'GIF', fps: 10, frames: 8, seconds: 0.8 }],
    ['webp-dispose.webp', { container: 'webp', codec: 'WebP', fps: 10, frames: 20, seconds: 2 }],
    ['apng-hidden.png', { container: 'apng', codec: 'APNG', fps: 10, frames: 8, seconds: 0.8 }],
    [
      'cut-off.gif',
      { container: 'gif', codec: 'GIF', fps: 10, frames: 7, seconds: 0.7, cutOffFrom: Number.POSITIVE_INFINITY },
    ],
  ] as const)('of the animation %s', async (name, facts) => {
    expect(await header(animation(name))).toEqual({ ...facts, size: { width: 128, height: 96 } });
  });

  it('of an AVI', async () => {
    expect(await header(written(avi({ scale: 1001, rate: 24_000, length: 48 })))).toEqual({
      container: 'avi',
      codec: 'MPEG-4',
      size: { width: 320, height: 240 },
      fps: 23.976,
      frames: 48,
      seconds: 2.002,
    });
  });

  it.each([
    ['audio-only.mp4', 'has no video, only audio. Use another file.'],
    ['locked.mp4', 'is encrypted (DRM). Use a copy without protection.'],
    ['no-frames.mp4', 'has no frames. Use another copy.'],
    ['unfinished.mp4', 'is cut off: its index is missing, so nothing can be read. Record or download it again.'],
  ])('refuses %s', async (name, is) => {
    expect(await header(fixture(name))).toEqual({ is });
  });

  it('refuses images, texts and nothing', async () => {
    expect(await readVideoHeader(animation('still.gif'))).toMatchObject({ kind: 'refused', reason: 'image' });
    expect(await readVideoHeader(animation('still.png'))).toMatchObject({ kind: 'refused', reason: 'image' });
    for (const kind of ['VP8 ', 'VP8L']) {
      const still = Buffer.from(`RIFF\x30\0\0\0WEBP${kind}${'\xff'.repeat(40)}`, 'latin1');
      expect(await readVideoHeader(written(still))).toMatchObject({ kind: 'refused', reason: 'image' });
    }
    for (const start of ['GIF89a', '\x89PNG\r\n\x1a\n\0', 'RIFF\0\0\0\0WEBPVP8X']) {
      const cut = await readVideoHeader(written(Buffer.from(start, 'latin1')));
      expect(cut).toMatchObject({ reason: 'broken', is: 'is cut off: it has no whole frame. Use another copy.' });
    }
    expect(await readVideoHeader(written(''))).toMatchObject({ is: 'is empty (0 bytes). Use another copy.' });
    const page = await readVideoHeader(written('<!DOCTYPE html><html></html>'));
    expect(page).toMatchObject({ is: 'is a web page (HTML), not a video. Download the video itself.' });
  });

  it('knows nothing of containers that only ffmpeg reads, and of damaged tables', async () => {
    const nothing = { container: 'other', size: null, frames: null, seconds: null, fps: null, codec: null };
    expect(await readVideoHeader(written(`G${'\0'.repeat(187)}G`))).toMatchObject(nothing);
    const movie = readFileSync(fixture('one-frame.mp4'));
    const table = movie.indexOf('mdhd');
    // It ends before its times.
    movie.writeUInt32BE(9, table - 4);
    expect(await readVideoHeader(written(movie))).toMatchObject({ kind: 'video', seconds: null });
  });
});

function avi({ scale, rate, length }: { scale: number; rate: number; length: number }): Buffer {
  const chunk = (kind: string, content: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(kind, 'latin1');
    head.writeUInt32LE(content.length, 4);
    return Buffer.concat([head, content]);
  };
  const list = (kind: string, ...content: Buffer[]) => chunk('LIST', Buffer.concat([Buffer.from(kind), ...content]));
  const header = Buffer.alloc(56);
  header.write('vidsXVID', 'latin1');
  header.writeUInt32LE(scale, 20);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(length, 32);
  const format = Buffer.alloc(40);
  format.writeInt32LE(320, 4);
  format.writeInt32LE(-240, 8);
  format.write('XVID', 16, 'latin1');
  const stream = list('strl', chunk('strh', header), chunk('strf', format));
  const content = [Buffer.from('AVI '), list('hdrl', chunk('avih', Buffer.alloc(56)), stream), list('movi')];
  return chunk('RIFF', Buffer.concat(content));
}

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { ffmpegPlaces } from '../../../engine/media/ffmpeg-places.ts';
import { FORMATS_OF_FFMPEG } from '../../../plan/format-limits.ts';
import type { OutputFormat } from '../../../plan/plan.ts';
import { temporaryFolder } from './fixtures.ts';

/** Makes PATH a folder with nothing in it, and other places none. */
export function withoutFfmpeg(): void {
  vi.spyOn(ffmpegPlaces, 'folders').mockResolvedValue([]);
  vi.stubEnv('PATH', temporaryFolder());
}

/**
 * Makes PATH a folder with a program named ffmpeg: a script that has `args`, `input` (a promise of all that it is fed)
 * and `element(hex id, content)`, and writes to `args.at(-1)`.
 *
 * @returns the folder for temporary files, which the encoder has to leave empty
 */
export function withFfmpeg(script: string): string {
  const folder = temporaryFolder();
  const program = join(folder, 'ffmpeg');
  writeFileSync(
    program,
    `#!${process.execPath}
    const fs = require('node:fs');
    const args = process.argv.slice(2);
    const element = (id, content) => {
      const size = Buffer.alloc(8);
      size[0] = 1;
      size.writeUInt32BE(content.length, 4);
      return Buffer.concat([Buffer.from(id, 'hex'), size, content]);
    };
    const input = () => new Promise((resolve) => {
      const chunks = [];
      process.stdin.on('data', (chunk) => chunks.push(chunk));
      process.stdin.on('end', () => resolve(Buffer.concat(chunks)));
    });
    (async () => {${script}})();`,
  );
  chmodSync(program, 0o755);
  const temporary = join(folder, 'temporary');
  mkdirSync(temporary);
  vi.stubEnv('TMPDIR', temporary);
  vi.stubEnv('PATH', folder);
  return temporary;
}

/** Writes a WebM with a header, a cluster that holds the frames as they came, and ffmpeg's own tag. */
export const WRITE_WEBM = `
  const cluster = element('1f43b675', await input());
  const tag = element('1254c367', element('7373', element('67c8', Buffer.concat([
    element('45a3', Buffer.from('COMMENT')), element('4487', Buffer.from('of ffmpeg'))]))));
  fs.writeFileSync(args.at(-1), Buffer.concat([
    element('1a45dfa3', Buffer.from([0x42, 0x82, 0x84, 0x77, 0x65, 0x62, 0x6d])),
    element('18538067', Buffer.concat([cluster, tag])),
  ]));`;

/** Writes a QuickTime file with frames as they came, and a table of one offset behind them. */
const WRITE_MOV = `
  const box = (kind, ...content) => {
    const body = Buffer.concat(content);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(body.length + 8, 0);
    head.write(kind, 4, 'latin1');
    return Buffer.concat([head, body]);
  };
  const offsets = box('stco', Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 36]));
  const track = box('trak', box('mdia', box('minf', box('stbl', offsets))));
  fs.writeFileSync(args.at(-1), Buffer.concat([
    box('ftyp', Buffer.from('qt  \\0\\0\\2\\0qt  ', 'latin1')),
    box('mdat', await input()),
    box('moov', track),
  ]));`;

/** Makes PATH a folder with an ffmpeg that writes a format, if only ffmpeg writes it. */
export function prepareFfmpeg(format: OutputFormat): void {
  if (FORMATS_OF_FFMPEG.has(format)) withFfmpeg(format === 'prores' ? WRITE_MOV : WRITE_WEBM);
}

import { open, readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { messageOf } from '../../plan/message-of.ts';
import type { HostMessage } from '../../protocol/preview.ts';

type ClipContent = Extract<HostMessage, { type: 'clip' }>['content'];

/** Chromium's decoder of PNG plays animated ones. */
const MIMES: Readonly<Record<string, string>> = {
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.png': 'image/png',
  '.apng': 'image/png',
};

/** More than a message to a page should hold. */
const LONGEST_BYTES = 200_000_000;

/** A thumbnail is not worth more. */
const LONGEST_THUMBNAIL = 4_000_000;

/**
 * The clip in a file, or in a folder of PNG frames, as bytes for the page.
 *
 * @param fps frames per second of PNG frames, and of files that do not say
 */
export async function clipContent(path: string, fps: number): Promise<ClipContent> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) return await framesContent(path, fps);
    const mime = MIMES[extname(path).toLowerCase()];
    if (mime === undefined) {
      const format = extname(path).slice(1).toUpperCase();
      return unsupported(
        l10n.t('{0} files cannot be played in VS Code. Add webp to `save`, or open the file outside.', format),
      );
    }
    if (info.size > LONGEST_BYTES) return tooLong(info.size);
    return { kind: 'animation', mime, bytes: await bytesOf(path), fps };
  } catch (error) {
    return unsupported(l10n.t('The file cannot be read: {0}', messageOf(error)));
  }
}

async function framesContent(folder: string, fps: number): Promise<ClipContent> {
  const paths = await framesOf(folder);
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  const sum = sizes.reduce((total, size) => total + size, 0);
  if (sum > LONGEST_BYTES) return tooLong(sum);
  if (paths.length === 0) return unsupported(l10n.t('The folder has no PNG frames.'));
  const images: Uint8Array<ArrayBuffer>[] = [];
  for (const path of paths) images.push(await bytesOf(path));
  return { kind: 'frames', mime: 'image/png', images, fps };
}

const unsupported = (reason: string): ClipContent => ({ kind: 'unsupported', reason });

const tooLong = (bytes: number): ClipContent =>
  unsupported(
    l10n.t('The clip has {0} MB, which is more than the preview can show. Open it outside.', Math.round(bytes / 1e6)),
  );

async function framesOf(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /\.png$/i.test(name));
  return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).map((name) => join(folder, name));
}

/** With memory of its own: a part of Node's pool would be sent whole. */
const bytesOf = async (path: string): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await readFile(path));

/** A still picture of a render; null if only the whole, large file has one, or if it cannot be read. */
export async function thumbnail(
  path: string,
): Promise<{ readonly image: Uint8Array<ArrayBuffer>; readonly mime: string } | null> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) {
      const [first] = await framesOf(path);
      return first === undefined ? null : { image: await bytesOf(first), mime: 'image/png' };
    }
    const mime = MIMES[extname(path).toLowerCase()];
    if (mime === undefined) return null;
    const still = mime === 'image/webp' ? await firstWebpFrame(path) : null;
    if (still) return { image: still, mime };
    return info.size > LONGEST_THUMBNAIL ? null : { image: await bytesOf(path), mime };
  } catch {
    // The file is gone, or is not what its name says: it is listed without a picture.
    return null;
  }
}

/**
 * The first frame of an animated WebP file as a file of its own, so that a large file is not read whole (WebP Container
 * Specification, "Animation"). null if the file is not one, or the frame is transparent.
 */
async function firstWebpFrame(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const file = await open(path);
  try {
    const read = async (at: number, length: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    };
    const chunkAt = async (at: number) => {
      const head = await read(at, 8);
      return head.length < 8 ? null : { id: head.toString('latin1', 0, 4), size: head.readUInt32LE(4) };
    };
    const isWebp = (await read(0, 12)).toString('latin1').replace(/^(....)..../s, '$1') === 'RIFFWEBP';
    for (let at = 12; isWebp; ) {
      const chunk = await chunkAt(at);
      if (!chunk) return null;
      if (chunk.id === 'ANMF') {
        // 16 bytes of position, size and duration come before the picture.
        const picture = await chunkAt(at + 24);
        if (!picture || !/^VP8[ L]$/.test(picture.id) || picture.size > LONGEST_THUMBNAIL) return null;
        const data = await read(at + 24, 8 + picture.size + (picture.size % 2));
        const still = new Uint8Array(12 + data.length);
        still.set(Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'));
        new DataView(still.buffer).setUint32(4, still.length - 8, true);
        still.set(data, 12);
        return still;
      }
      at += 8 + chunk.size + (chunk.size % 2);
    }
    return null;
  } finally {
    await file.close();
  }
}

/**
 * `npm run record:video`: renders `examples/video-to-video.travel`, and shows its video, its edges and the clip side by side
 * for the guide.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { hintOf } from '../engine/annotators/hint.ts';

const ROOT = resolve(import.meta.dirname, '..');
const VIDEO = join(ROOT, 'examples/swaying.gif');
const PICTURE = join(ROOT, 'docs/images/video-to-video.webp');
const FRAMES = 16;
const MILLISECONDS = 125;
/** Of the clip, and of the picture. */
const [SIDE, SHOWN, GAP] = [128, 256, 8];

type Image = Buffer;

/** The first frames of an animation, in its own size. */
const framesOf = (path: string): Promise<Image[]> =>
  Promise.all(Array.from({ length: FRAMES }, (_, page) => sharp(path, { page }).removeAlpha().png().toBuffer()));

async function edgesOf(frame: Image): Promise<Image> {
  const data = new Uint8Array(await sharp(frame).raw().toBuffer());
  const picture = { width: SIDE, height: SIDE, channels: 3 as const, data };
  const size = { width: SIDE, height: SIDE };
  const hint = hintOf(picture, { preprocessor: 'canny', resize: 'crop', ...size, seed: 0 });
  return sharp(hint.data, { raw: { ...size, channels: 3 } })
    .png()
    .toBuffer();
}

async function rendered(): Promise<Image[]> {
  const folder = await mkdtemp(join(tmpdir(), 'travel-record-'));
  try {
    const args = ['render', 'examples/video-to-video.travel', '--out', join(folder, 'clip')];
    execFileSync(process.execPath, ['dist/travel.js', ...args], { cwd: ROOT, stdio: 'inherit' });
    return await framesOf(join(folder, 'clip.webp'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sideBySide(images: readonly Image[]): Promise<Image> {
  const width = images.length * SHOWN + (images.length - 1) * GAP;
  const parts = await Promise.all(
    images.map(async (image, i) => ({
      input: await sharp(image).resize(SHOWN, SHOWN).png().toBuffer(),
      left: i * (SHOWN + GAP),
      top: 0,
    })),
  );
  return sharp({ create: { width, height: SHOWN, channels: 3, background: '#fff' } })
    .composite(parts)
    .png()
    .toBuffer();
}

const video = await framesOf(VIDEO);
const edges = await Promise.all(video.map(edgesOf));
const clip = await rendered();
const pictures = await Promise.all(video.map((frame, i) => sideBySide([frame, edges[i]!, clip[i]!])));
await sharp(pictures, { join: { animated: true } })
  .webp({ quality: 60, delay: Array(FRAMES).fill(MILLISECONDS), loop: 0 })
  .toFile(PICTURE);

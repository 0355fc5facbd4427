import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { travel } from './travel.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const CONTROLNET = join(ROOT, 'models/pocket/cn_pocket_canny.safetensors');
if (!existsSync(CONTROLNET)) console.warn('The ControlNet for pocket was not found: its example is not rendered.');

const folder = mkdtempSync(join(tmpdir(), 'travel examples '));
afterAll(() => rmSync(folder, { recursive: true }));

/** Renders an example with fewer steps. @returns size and number of its frames */
async function rendered(name: string) {
  const out = join(folder, name);
  const args = ['render', `examples/${name}.travel`, '--set', 'steps=2', '--out', out, '--device', 'cpu'];
  const { code, stderr } = await travel(args, { cwd: ROOT });
  expect(code, stderr).toBe(0);
  const { width, pageHeight, pages } = await sharp(`${out}.webp`, { animated: true }).metadata();
  const { channels } = await sharp(`${out}.webp`).stats();
  // Not one color.
  expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(10);
  return { size: [width, pageHeight], frames: pages };
}

describe('the examples', () => {
  it('interpolate', async () => {
    expect(await rendered('interpolate')).toEqual({ size: [128, 128], frames: 9 + 8 * 2 });
  });

  it.skipIf(!existsSync(CONTROLNET))('follow a video with a ControlNet', async () => {
    expect(await rendered('video-to-video')).toEqual({ size: [128, 128], frames: 16 });
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { convertClip } from '../../../engine/media/convert.ts';
import { extractTravel } from '../../../engine/media/extract.ts';
import { readClip } from '../../../engine/media/read-clip.ts';
import { SD1_RGB } from '../../../engine/models/vae/latent-rgb.ts';
import { RenderPictures } from '../../../engine/pictures/render-pictures.ts';
import type { OutputFormat } from '../../../plan/plan.ts';
import type { RenderPicture } from '../../../protocol/engine.ts';
import { withoutFfmpeg } from './ffmpeg-stand-in.ts';
import { movingDisc, planOf, SOURCE, temporaryFolder } from './fixtures.ts';
import { writeOutputs } from './write-outputs.ts';

const [WIDTH, HEIGHT] = [48, 32];

/** sharp's native code crashes in Electron on Linux; elsewhere it works. */
const CRASHES = process.platform === 'linux';

/** Whether this process has loaded native code of sharp; on Linux. */
const hasNativeCode = () => /libvips|sharp-linux/.test(readFileSync('/proc/self/maps', 'utf8'));

beforeAll(() => {
  if (CRASHES) expect(hasNativeCode(), 'before the tests').toBe(false);
  Object.defineProperty(process.versions, 'electron', { value: '39.2.0', configurable: true });
});
beforeEach(withoutFfmpeg);
afterEach(() => {
  vi.unstubAllEnvs();
  if (CRASHES) expect(hasNativeCode()).toBe(false);
});

/** A rendered file; the folder of a PNG sequence. */
async function rendered(format: OutputFormat): Promise<string> {
  const plan = planOf({ base: join(temporaryFolder(), 'clip'), formats: [format] });
  const { files } = await writeOutputs(movingDisc(WIDTH, HEIGHT, plan.frames.length), plan);
  return files[0]!;
}

describe('in Electron', () => {
  // WebM is written by the user's ffmpeg.
  it.each(['webp', 'gif', 'png', 'mp4', 'txt'] as const)('writes %s', async (format) => {
    expect((await extractTravel(await rendered(format))).source).toBe(SOURCE);
  });

  it.each(['webp', 'gif', 'png'] as const)('decodes %s', async (format) => {
    const { clip } = await readClip(await rendered(format));
    const expected = movingDisc(WIDTH, HEIGHT, 4);
    expect(clip).toMatchObject({ width: WIDTH, height: HEIGHT, count: 4 });
    for (let i = 0; i < 4; i++) {
      const [read, drawn] = [clip.rgb(i), expected.rgb(i)];
      const difference = drawn.reduce((sum, value, at) => sum + Math.abs(value - read[at]!), 0) / drawn.length;
      expect(difference).toBeLessThan(6);
    }
  });

  it('converts WebP to PNG', async () => {
    const base = join(temporaryFolder(), 'new');
    const path = await rendered('webp');
    const { files } = await convertClip({ path, base, formats: ['png'], fps: null, loop: null, reverse: false });
    expect(readdirSync(files[0]!)).toHaveLength(4);
  });

  it('sends the frames of a render that is watched', async () => {
    const sent: RenderPicture[] = [];
    const pictures = new RenderPictures((picture) => sent.push(picture));
    pictures.begin(planOf(), SD1_RGB);
    await pictures.watch({ longestSide: null });
    await pictures.frame(0, () => movingDisc(64, 48, 1).rgb(0));
    expect(sent).toMatchObject([{ kind: 'frame', frame: 0 }]);
  });
});

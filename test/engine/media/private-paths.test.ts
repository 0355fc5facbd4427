import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { extractTravel } from '../../../engine/media/extract.ts';
import { FORMATS_OF_FFMPEG } from '../../../plan/format-limits.ts';
import { OutputFormat, type TravelPlan } from '../../../plan/plan.ts';
import { runs } from '../../property-runs.ts';
import { prepareFfmpeg, withoutFfmpeg } from './ffmpeg-stand-in.ts';
import { movingDisc, planOf, SOURCE, temporaryFolder } from './fixtures.ts';
import { writeOutputs } from './write-outputs.ts';

const MARKER = 'home-of-maria';
const frames = movingDisc(16, 16, 2);

/** A plan all of whose paths are in a folder with a telling name. */
function privatePlan(formats: readonly OutputFormat[], folder: string, name: string, seed: number): TravelPlan {
  const plan = planOf({ base: join(temporaryFolder(), MARKER, 'clip'), frames: 2, formats });
  const file = (suffix: string) => ({ path: `${folder}${name}${suffix}`, size: seed, mtimeMs: seed });
  return {
    ...plan,
    models: { ...plan.models, checkpoint: file('.ckpt'), vae: file('.vae.pt'), motionModule: file('.mm.ckpt') },
    loras: plan.loras.map((lora) => ({ ...lora, file: file('.lora') })),
    motionLoras: plan.motionLoras.map((lora) => ({ ...lora, file: file('.motion') })),
    embeddings: [{ name: 'bad', file: file('.bin') }],
    sampling: { ...plan.sampling, seed },
    output: { ...plan.output, written: `${folder}${name}` },
  };
}

/** The bytes of a file, or of all files in a folder. */
function bytesAt(path: string): Buffer {
  const paths = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
  return Buffer.concat(paths.map((each) => readFileSync(each)));
}

// Only the stand-ins for ffmpeg write the others.
const BUILT_IN = OutputFormat.options.filter((format) => !FORMATS_OF_FFMPEG.has(format));

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each([
  { formats: BUILT_IN, prepare: withoutFfmpeg },
  ...(['webm', 'prores', 'ffv1'] as const).map((format) => ({
    formats: [format],
    prepare: () => prepareFfmpeg(format),
  })),
])('files in the formats $formats', ({ formats, prepare }) => {
  it('hold no folder of the computer, and still their source', async () => {
    prepare();
    const folder = fc.constantFrom(
      `/${MARKER}/models/`,
      `C:\\Users\\${MARKER}\\`,
      `\\\\nas\\${MARKER}\\`,
      `~/${MARKER}/`,
    );
    const name = fc.constantFrom('toon', 'a, b: c', 'é 🦊');
    await fc.assert(
      fc.asyncProperty(folder, name, fc.nat(1000), async (folder, name, seed) => {
        const { files } = await writeOutputs(frames, privatePlan(formats, folder, name, seed));
        expect(files).toHaveLength(formats.length);
        for (const file of files) {
          const bytes = bytesAt(file);
          expect(bytes.includes(MARKER), file).toBe(false);
          expect(bytes.includes(Buffer.from(MARKER, 'utf16le')), file).toBe(false);
          const { source, plan } = await extractTravel(file);
          expect(source).toBe(SOURCE);
          // Records may be compressed.
          expect(JSON.stringify(plan)).not.toContain(MARKER);
          const checkpoint = { name: `${name}.ckpt`, size: seed };
          expect(plan).toMatchObject({ ok: true, plan: { models: { checkpoint } } });
        }
      }),
      runs(20),
    );
  });
});

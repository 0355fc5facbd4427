import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caseIds, openCase } from './case.ts';
import { checkerFor } from './checkers.ts';
import { GOLDEN_FOLDER, REFERENCE_FOLDER } from './folder.ts';
import { itWithGolden } from './tests.ts';

/** Cases that load models. Text cases, schedulers and noise are compared by the tests of their folders. */
const MODEL_CASES = /^(components|lora|frozen)\//;
/** Inputs of other cases. */
const INPUTS = /inputs$/;

const ids = caseIds(REFERENCE_FOLDER);

describe('reference cases with models', () => {
  it.each(ids.filter((id) => MODEL_CASES.test(id) && !INPUTS.test(id)))('agrees with %s', async (id) => {
    const golden = await openCase(REFERENCE_FOLDER, id);
    const { status, detail } = await checkerFor(golden)(golden);
    expect(status, detail).toBe('passed');
  });
});

describe('the reference set in the repository', () => {
  it('covers each component', () => {
    expect(ids).toEqual(
      expect.arrayContaining([
        'annotators/index',
        'components/motion_modules_xl',
        'components/nano_dtypes',
        'film/operations',
        'film/order',
        'frozen/lora',
        'frozen/motion_v1',
        'frozen/motion_v2',
        'frozen/motion_v3',
        'frozen/text_encoder',
        'frozen/travel',
        'frozen/vae',
        'lora/differences',
        'rng/rng',
        'schedulers/a1111',
        'schedulers/diffusers',
      ]),
    );
  });

  it('has at most 6.5 MB', () => {
    const files = readdirSync(REFERENCE_FOLDER, { recursive: true, encoding: 'utf8' });
    const sizes = files.map((file) => statSync(join(REFERENCE_FOLDER, file))).filter((file) => file.isFile());
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(6_500_000);
  });

  const copied = ids.filter((id) => !/^(frozen|lora)\//.test(id));
  itWithGolden.each(copied)('has the numbers of the full set in %s', async (id) => {
    const [here, full] = [await openCase(REFERENCE_FOLDER, id), await openCase(GOLDEN_FOLDER, id)];
    for (const name of here.tensorNames) expect(here.tensor(name), name).toEqual(full.tensor(name));
    const { cases } = here.manifest;
    if (Array.isArray(cases)) expect(full.manifest.cases).toEqual(expect.arrayContaining(cases));
  });

  itWithGolden('has the pictures of the full set', () => {
    const pictures = readdirSync(REFERENCE_FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.png'),
    );
    expect(pictures.length).toBeGreaterThan(30);
    for (const file of pictures) {
      expect(readFileSync(join(REFERENCE_FOLDER, file)).equals(readFileSync(join(GOLDEN_FOLDER, file))), file).toBe(
        true,
      );
    }
  });
});

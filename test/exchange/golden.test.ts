import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatTravel } from '../../grammar/format/format.ts';
import { checkTravel } from '../../grammar/language.ts';
import { GOLDEN_FOLDER, HAS_GOLDEN } from '../golden/folder.ts';
import { testEnvironment } from '../grammar/environment.ts';
import { type ExportCase, exportFaults } from './exports.ts';
import { type ImportCase, importFaults, importFile } from './imports.ts';

const FOLDER = join(GOLDEN_FOLDER, 'exchange');

interface Index {
  readonly settings_optional: Readonly<Record<string, readonly string[]>>;
  readonly import: readonly ImportCase[];
  readonly export: readonly ExportCase[];
}

const index = HAS_GOLDEN ? (JSON.parse(readFileSync(join(FOLDER, 'index.json'), 'utf8')) as Index) : null;

describe.runIf(index)('imports of the reference set', () => {
  it.each((index?.import ?? []).map((one) => [one.id, one] as const))('%s', (_, one) => {
    expect(importFaults(FOLDER, one, index?.settings_optional[one.format.split('/')[0]!] ?? [])).toEqual([]);
  });
});

/** Settings of the language that this version does not have yet, and files and models that are not on this computer. */
const NOT_HERE: ReadonlySet<string> = new Set([
  'travel/not-available-yet',
  'travel/unknown-setting',
  'travel/setting-value',
  'travel/missing-file',
  'travel/too-few-images',
  'travel/unknown-model',
  'travel/interpolation-model-missing',
  'travel/unknown-lora',
  'travel/unknown-embedding',
]);

/** What acts as soon as the image is set that a note asks for, or with other keyframes, formats or samplers. */
const KEPT = /^(?:denoising_strength|latent_(?:power|scale)|loop|mix|schedule|eta_noise_seed_delta)$/;

describe.runIf(index)('imported files', () => {
  const readable = (index?.import ?? []).filter(({ expected }) => expected);

  it.each(readable.map(({ id, file }) => [id, file] as const))('have no problem of their own: %s', (_, file) => {
    const { travel, notes } = importFile(join(FOLDER, file));
    const { problems } = checkTravel(travel, testEnvironment());
    // A file that has no picture of a ControlNet unit is read with a note of that name.
    const noted = new Set(notes.map(({ key }) => `travel/${key}`));
    const own = problems.filter(
      ({ severity, code, span }) =>
        (severity === 'error' || severity === 'warning') &&
        !NOT_HERE.has(code) &&
        !(code === 'travel/controlnet-input' && noted.has(code)) &&
        !(
          code === 'travel/setting-has-no-effect' &&
          (KEPT.test(travel.slice(span.start, span.end)) || noted.has('travel/length-not-in-file'))
        ),
    );
    expect(own.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
    expect(formatTravel(travel)).toEqual([]);
  });
});

describe.runIf(index)('exports of the reference set', () => {
  const cases = (index?.export ?? []).flatMap(({ id, file, expected }) =>
    Object.entries(expected).map(([name, target]) => [id, name, file, target] as const),
  );

  it.each(cases)('%s to %s', (_, name, file, target) => {
    expect(exportFaults(FOLDER, file, name, target)).toEqual([]);
  });
});

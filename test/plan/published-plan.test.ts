import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PlanShape, type TravelPlan } from '../../plan/plan.ts';
import { PublishedPlan, publishedPlan } from '../../plan/published-plan.ts';
import { planOf } from '../engine/media/fixtures.ts';

/** Text of the source and names: what its author chose to write. Every other text of a plan may be a path. */
const AUTHORED: ReadonlySet<string> = new Set([
  'name',
  'source',
  'loras.name',
  'motionLoras.name',
  'embeddings.name',
  'control.units.name',
  'prompts.text',
  'rolled.written',
  'rolled.chosen',
]);

/** The texts of a plan, as its type has them: `output.base`, `models.checkpoint.path`, … */
function textsOf(type: z.core.$ZodType, at = ''): string[] {
  const isWrapped = type instanceof z.ZodNullable || type instanceof z.ZodDefault || type instanceof z.ZodOptional;
  if (isWrapped) return textsOf(type.unwrap(), at);
  if (type instanceof z.ZodArray) return textsOf(type.element, at);
  if (type instanceof z.ZodDiscriminatedUnion) return type.options.flatMap((option) => textsOf(option, at));
  if (type instanceof z.ZodObject) {
    return Object.entries(type.shape).flatMap(([key, part]) => textsOf(part, at === '' ? key : `${at}.${key}`));
  }
  return type instanceof z.ZodString ? [at] : [];
}

/** A copy in which every text at one of `places` is `text`. */
function filled(value: unknown, places: ReadonlySet<string>, text: string, at = ''): unknown {
  if (places.has(at)) return text;
  if (Array.isArray(value)) return value.map((item) => filled(item, places, text, at));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, filled(part, places, text, at === '' ? key : `${at}.${key}`)]),
  );
}

const FILE = { path: '/m/x.pt', size: 1, mtimeMs: 1 };
const UNIT: NonNullable<TravelPlan['control']>['units'][number] = {
  name: 'canny',
  file: FILE,
  preprocessor: 'canny',
  resize: 'crop',
  mode: 'balanced',
  start: 0,
  end: 1,
  pooled: false,
};
const FULL: TravelPlan = {
  ...planOf(),
  models: { ...planOf().models, textEncoder: FILE, vae: FILE, vaeEncoder: FILE, previewDecoder: FILE },
  embeddings: [{ name: 'bad', file: FILE }],
  images: [FILE],
  masks: [FILE],
  control: { units: [UNIT], pictures: [{ file: FILE }] },
  output: {
    ...planOf().output,
    sound: { ...FILE, from: 0, seconds: 1 },
    interpolation: { method: 'film', model: FILE, timed: true, count: 3, closed: false, cuts: [], findCuts: true },
  },
};
const PATHS = new Set(textsOf(PlanShape).filter((place) => !AUTHORED.has(place)));

describe('publishedPlan', () => {
  it('knows every text that a plan can have', () => {
    expect([...AUTHORED].filter((place) => !textsOf(PlanShape).includes(place))).toEqual([]);
    expect([...PATHS].sort()).toEqual([
      'control.masks.path',
      'control.pictures.file.path',
      'control.units.file.path',
      'control.units.networks.path',
      'embeddings.file.path',
      'images.path',
      'loras.file.path',
      'masks.path',
      'models.checkpoint.path',
      'models.motionModule.path',
      'models.previewDecoder.path',
      'models.textEncoder.path',
      'models.vae.path',
      'models.vaeEncoder.path',
      'motionLoras.file.path',
      'output.base',
      'output.interpolation.model.path',
      'output.sound.path',
      'output.written',
    ]);
  });

  const folder = fc.constantFrom('/home/maria', 'C:\\Users\\maria', 'C:/Users/maria', '\\\\server\\maria', '~/maria');
  const name = fc.constantFrom('x.safetensors', 'clip', 'an é', 'a b.ckpt');

  it('has no folder of any path', () => {
    fc.assert(
      fc.property(folder, name, (folder, name) => {
        const slash = folder.includes('\\') ? '\\' : '/';
        const plan = filled(FULL, PATHS, `${folder}${slash}models${slash}${name}`) as TravelPlan;
        expect(JSON.stringify(plan)).toContain('maria');
        const published = publishedPlan(plan, new Map());
        expect(JSON.stringify(published)).not.toContain('maria');
        expect(published.models.checkpoint.name).toBe(name);
        expect(published.output.written).toBe(name);
        expect(PublishedPlan.parse(published)).toEqual(published);
      }),
    );
  });

  it.each(['renders/{name}/{date}', 'out/', './a', '../b', 'out.{seed}', 'a\\b'])(
    'keeps the relative output %s as it is written',
    (written) => {
      const plan = { ...FULL, output: { ...FULL.output, written } };
      expect(publishedPlan(plan, new Map()).output.written).toBe(written);
    },
  );

  it('has sizes and hashes', () => {
    const hashes = new Map([[FULL.models.checkpoint.path, 'a'.repeat(64)]]);
    const { models } = publishedPlan(FULL, hashes);
    expect(models.checkpoint).toEqual({ name: 'pocket.safetensors', size: 1, sha256: 'a'.repeat(64) });
    expect(models.vae).toEqual({ name: 'x.pt', size: 1, sha256: null });
  });
});

import { z } from 'zod';
import { interpolationOf } from './interpolation.ts';
import { fileName, isAbsolutePath, modelFileName } from './paths.ts';
import { type FileRef, PlanShape, PlanSound, rowsOfWindows, ShownInVideo, type TravelPlan } from './plan.ts';

/** A model file or an image, by what is the same on every computer. */
export const PublishedFile = z.strictObject({
  /** Without folders. */
  name: z.string().min(1),
  /** Bytes. */
  size: z.int().nonnegative(),
  /** SHA-256 of the file, in hexadecimal digits; null: not known, in files that were rendered before version 3. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
export type PublishedFile = z.infer<typeof PublishedFile>;

const { models, loras, motionLoras, embeddings, control, output } = PlanShape.shape;
const { units, pictures } = control.unwrap().shape;

/**
 * The plan that a rendered file holds. People publish these files, so it has no path of the computer that rendered it:
 * model files have a name, a size and a hash, and the output path is as the source has it.
 */
export const PublishedPlan = rowsOfWindows(
  PlanShape.extend({
    models: models.omit({ previewDecoder: true }).extend({
      checkpoint: PublishedFile,
      textEncoder: PublishedFile.optional(),
      vae: PublishedFile.nullable(),
      vaeEncoder: PublishedFile.optional(),
      motionModule: PublishedFile.nullable(),
    }),
    loras: z.array(loras.element.extend({ file: PublishedFile })),
    motionLoras: z.array(motionLoras.element.extend({ file: PublishedFile })),
    embeddings: z.array(embeddings.element.extend({ file: PublishedFile })),
    images: z.array(PublishedFile.extend({ shown: ShownInVideo.optional() })).default([]),
    masks: z.array(PublishedFile).default([]),
    control: z
      .strictObject({
        units: z.array(
          units.element.extend({ file: PublishedFile, networks: z.array(PublishedFile).min(1).optional() }),
        ),
        pictures: z.array(pictures.element.extend({ file: PublishedFile })),
        masks: z.array(PublishedFile).optional(),
      })
      .optional(),
    output: output.omit({ base: true }).extend({
      interpolation: interpolationOf(PublishedFile).nullable().default(null),
      sound: PublishedFile.extend(PlanSound.pick({ from: true, seconds: true, repeat: true }).shape).optional(),
    }),
  }),
);
export type PublishedPlan = z.infer<typeof PublishedPlan>;

/** @param hashes SHA-256 of files by their paths */
export function publishedPlan(plan: TravelPlan, hashes: ReadonlyMap<string, string>): PublishedPlan {
  const published = ({ path, size }: FileRef): PublishedFile => ({
    name: modelFileName(path),
    size,
    sha256: hashes.get(path) ?? null,
  });
  const withFile = <T extends { readonly file: FileRef }>(model: T) => ({ ...model, file: published(model.file) });
  const {
    checkpoint,
    textEncoder,
    vae,
    vaeEncoder,
    motionModule,
    previewDecoder: _previewDecoder,
    ...others
  } = plan.models;
  const { base, sound, interpolation, ...output } = plan.output;
  const { control, ...rest } = plan;
  return {
    ...rest,
    models: {
      ...others,
      checkpoint: published(checkpoint),
      ...(textEncoder && { textEncoder: published(textEncoder) }),
      vae: vae && published(vae),
      ...(vaeEncoder && { vaeEncoder: published(vaeEncoder) }),
      motionModule: motionModule && published(motionModule),
    },
    loras: plan.loras.map(withFile),
    motionLoras: plan.motionLoras.map(withFile),
    embeddings: plan.embeddings.map(withFile),
    images: plan.images.map(({ shown, ...file }) => ({ ...published(file), ...(shown && { shown }) })),
    masks: plan.masks.map(published),
    ...(control && {
      control: {
        units: control.units.map(({ networks, ...unit }) => ({
          ...withFile(unit),
          ...(networks && { networks: networks.map(published) }),
        })),
        pictures: control.pictures.map(withFile),
        ...(control.masks && { masks: control.masks.map(published) }),
      },
    }),
    output: {
      ...output,
      interpolation:
        interpolation?.method === 'film' ? { ...interpolation, model: published(interpolation.model) } : interpolation,
      written: publishedOutput(output.written),
      ...(sound && {
        sound: {
          ...published(sound),
          ...{ from: sound.from, seconds: sound.seconds },
          ...(sound.repeat && { repeat: sound.repeat }),
        },
      }),
    },
  };
}

/** A path that leaves the folder of the source is of one computer only; its last name is kept. */
function publishedOutput(written: string): string {
  return isAbsolutePath(written) ? fileName(written) : written;
}

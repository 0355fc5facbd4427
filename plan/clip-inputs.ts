import { z } from 'zod';
import { ControlUnit } from './controlnet.ts';
import { FileRef, ShownInVideo } from './plan.ts';

/** A picture that frames start from or hints are made of: an image, or what a video shows at a time. */
export const InputPicture = z.strictObject({ file: FileRef, shown: ShownInVideo.optional() });
export type InputPicture = z.infer<typeof InputPicture>;

/** How the hints of a ControlNet unit are made. */
export const HintUnit = ControlUnit.pick({ name: true, preprocessor: true, resize: true, normalise: true }).extend({
  /** Of its preprocessor; absent: it needs none. */
  networks: z.array(FileRef).optional(),
});
export type HintUnit = z.infer<typeof HintUnit>;

/**
 * What guides a clip, without its models: enough to show its source frames and to make its hints. A plan has the same
 * with everything else that a render needs.
 */
export const ClipInputs = z.strictObject({
  /** Of the frames. */
  width: z.int().positive(),
  height: z.int().positive(),
  /** Of annotators with a random result: 0 … 2³² − 1. */
  seed: z.int().nonnegative(),
  /** Pictures of any size, each once. */
  pictures: z.array(InputPicture),
  /** What frames start from; null: from noise. */
  start: z
    .strictObject({
      /** Index into the pictures, of each frame; null: noise. */
      frames: z.array(z.int().nonnegative().nullable()),
      /** What is wrong with its files; null: nothing is. */
      problem: z.string().nullable(),
    })
    .nullable(),
  /** Of frames and units; absent: none. Hints are made without them. */
  masks: z.array(FileRef).optional(),
  /** The ControlNet units, in the order of the file. */
  units: z.array(
    z.strictObject({
      /** The model as the file names it. */
      model: z.string(),
      /** As the file names it. */
      preprocessor: z.string(),
      /** How hints are made; null: not in this version, or the unit has no pictures. */
      hint: HintUnit.nullable(),
      /** Index into the pictures, of each frame; null: the unit does not act on it. */
      frames: z.array(z.int().nonnegative().nullable()),
      /** What is done in frames whose hint is black; absent: it is used. */
      empty: ControlUnit.shape.empty,
      /** What is wrong with the unit besides its model; null: nothing is. */
      problem: z.string().nullable(),
    }),
  ),
});
export type ClipInputs = z.infer<typeof ClipInputs>;
export type InputUnit = ClipInputs['units'][number];

/** The folder of a unit's hints. @param index of the unit, from 0 */
export const hintFolder = (index: number): string => `unit-${index + 1}`;

/** The file of a frame's hint in it. @param frame from 0 */
export const hintName = (frame: number): string => `${String(frame).padStart(5, '0')}.png`;

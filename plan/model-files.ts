import type { FileRef, PlanImage, TravelPlan } from './plan.ts';

/** The parts of a plan that name files with weights; null: not used, or not known yet. */
export interface WithModels {
  readonly models: {
    readonly checkpoint: FileRef | null;
    readonly textEncoder?: FileRef | null | undefined;
    readonly vae: FileRef | null;
    readonly vaeEncoder?: FileRef | null | undefined;
    readonly motionModule: FileRef | null;
  };
  readonly loras: readonly { readonly file: FileRef }[];
  readonly motionLoras: readonly { readonly file: FileRef }[];
  readonly control?:
    | { readonly units: readonly { readonly file: FileRef; readonly networks?: readonly FileRef[] | undefined }[] }
    | undefined;
}

/** All files with weights that a render reads, each once. */
export function modelFiles({ models, loras, motionLoras, control }: WithModels): FileRef[] {
  const { checkpoint, textEncoder, vae, vaeEncoder, motionModule } = models;
  const files = [
    checkpoint,
    textEncoder,
    vae,
    vaeEncoder,
    motionModule,
    ...[...loras, ...motionLoras, ...(control?.units ?? [])].map(({ file }) => file),
  ];
  const byPath = new Map(files.flatMap((file) => (file ? [[file.path, file] as const] : [])));
  return [...byPath.values()];
}

/** The same, with the embeddings that its prompts name, the networks of preprocessors, and the model of its frame interpolation. */
export function namedFiles(
  plan: WithModels & {
    readonly embeddings: readonly { readonly file: FileRef }[];
    readonly output: Pick<TravelPlan['output'], 'interpolation'>;
  },
): FileRef[] {
  const { interpolation } = plan.output;
  const film = interpolation?.method === 'film' ? [interpolation.model] : [];
  return [...modelFiles(plan), ...plan.embeddings.map(({ file }) => file), ...networkFiles(plan), ...film];
}

/** The files of images and videos that a plan starts from, in the order of its images; each video once. */
export function imageFiles({ images }: Pick<WithImages, 'images'>): FileRef[] {
  const seen = new Set<string>();
  return images.flatMap(({ shown, ...file }) => {
    if (shown && seen.has(file.path)) return [];
    seen.add(file.path);
    return [file];
  });
}

/** All files whose contents decide the pixels of a plan: its models, and the images and masks that are read. */
export function allFiles(plan: Parameters<typeof namedFiles>[0] & WithImages): FileRef[] {
  return [...namedFiles(plan), ...imageFiles(plan), ...maskFiles(plan), ...hintFiles(plan)];
}

/** The masks of images that frames start from, and those of ControlNet units. */
export const maskFiles = ({ masks, control }: Pick<WithImages, 'masks' | 'control'>): FileRef[] => [
  ...masks,
  ...(control?.masks ?? []),
];

interface HintPicture extends Pick<PlanImage, 'shown'> {
  readonly file: FileRef;
}

interface WithImages {
  /** That frames start from. */
  readonly images: readonly PlanImage[];
  readonly masks: readonly FileRef[];
  readonly control?:
    | (WithModels['control'] & {
        readonly pictures: readonly HintPicture[];
        readonly masks?: readonly FileRef[] | undefined;
      })
    | undefined;
}

/** The pictures of ControlNet units as images. */
export const picturesAsImages = (pictures: readonly HintPicture[]): PlanImage[] =>
  pictures.map(({ file, shown }) => ({ ...file, ...(shown && { shown }) }));

/** The files of images and videos that hints of ControlNet units are made of; each video once. */
export const hintFiles = (plan: Pick<WithImages, 'control'>): FileRef[] =>
  imageFiles({ images: picturesAsImages(plan.control?.pictures ?? []) });

/** The ControlNet files of a plan, each once, in the order in which a UNet is opened with them. */
export function controlNetFiles({ control }: Pick<WithModels, 'control'>): FileRef[] {
  return [...new Map((control?.units ?? []).map(({ file }) => [file.path, file])).values()];
}

/** The networks of a plan's preprocessors, each once. */
export const networkFiles = ({ control }: Pick<WithModels, 'control'>): FileRef[] => [
  ...new Map((control?.units ?? []).flatMap(({ networks = [] }) => networks.map((file) => [file.path, file]))).values(),
];

/** Bytes of all files with weights: what a render on the CPU maps into its memory. */
export function modelBytes(plan: WithModels): number {
  return modelFiles(plan).reduce((sum, { size }) => sum + size, 0);
}

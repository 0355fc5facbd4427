import { z } from 'zod';
import { controlNetFiles, hintFiles, imageFiles, maskFiles, networkFiles } from './model-files.ts';
import { modelFileName } from './paths.ts';
import { type FileRef, PLAN_VERSION, PlanShape, type TravelPlan } from './plan.ts';

/** Raised when the form of a lock changes. */
const FORMAT = 1;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** In the order of a lock. */
const LockedKind = z.enum([
  'checkpoint',
  'text-encoder',
  'vae',
  'motion-module',
  'motion-lora',
  'lora',
  'embedding',
  'controlnet',
  'network',
  'film',
  'image',
  'mask',
]);

export const LockedModel = z.strictObject({
  kind: LockedKind,
  /** Of the file, without folders. */
  name: z.string().min(1),
  /** Bytes. */
  size: z.int().nonnegative(),
  sha256: Sha256,
});
export type LockedModel = z.infer<typeof LockedModel>;

/** What a file does not decide itself if its seed is −1, or it has wildcards or choices. */
export const LockedChoices = z.strictObject({
  seed: PlanShape.shape.sampling.shape.seed,
  /** What wildcards and `{a|b}` gave, in order of appearance; those inside another are part of it. */
  rolled: z.array(z.strictObject({ written: z.string(), chosen: z.string() })),
});
export type LockedChoices = z.infer<typeof LockedChoices>;

/** What computes the pixels. */
const Versions = z.strictObject({
  /** Of the plan: hashes of other versions cannot be compared. */
  plan: z.int().positive(),
  /** Of Prompt Travel. It alone makes no difference. */
  promptTravel: z.string(),
  /** Another one computes other pixels for the same plan. */
  engine: z.int().positive(),
  onnxRuntime: z.string(),
});

/**
 * The record beside a `.travel` file by which it can be rendered again on another computer. It holds no path and no
 * date: the same clip gives the same lock.
 */
export const TravelLock = z.strictObject({
  format: z.literal(FORMAT),
  versions: Versions,
  ...LockedChoices.shape,
  /** The settings that decide the clip, by name. */
  settings: z.record(z.string(), z.union([z.string(), z.number()])),
  /** SHA-256 of all prompts, with the frames that they are at. */
  prompts: Sha256,
  /** SHA-256 of the other values of the clip: those that change over time, the context windows, the order of frames. */
  values: Sha256,
  models: z.array(LockedModel).min(1),
});
export type TravelLock = z.infer<typeof TravelLock>;

/** Of the `.travel` file with this path or name. */
export const lockOf = (source: string): string => `${source}.lock`;

/** Whether a name is that of a lock. */
export const isLock = (name: string): boolean => /\.travel\.lock$/i.test(name);

/** A lock as text: JSON with a line for each value, and the same lines for the same clip. */
export const lockText = (lock: TravelLock): string => `${JSON.stringify(lock, null, 2)}\n`;

/** `reason` is a sentence whose subject “it” is the lock, and what to do. */
export type ReadLock =
  | { readonly ok: true; readonly lock: TravelLock }
  | { readonly ok: false; readonly reason: string };

/** Reads the text of a lock. Nothing is thrown. */
export function readLock(text: string): ReadLock {
  if (/^<{7}(?: |$)/m.test(text)) return unreadable('It has a merge conflict. Write it again.');
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    return unreadable('It is not JSON, or is cut off. Write it again.');
  }
  const format = z.looseObject({ format: z.int() }).safeParse(stored).data?.format;
  if (format !== undefined && format > FORMAT) {
    return unreadable(
      `It has format ${format}, and this version of Prompt Travel reads ${FORMAT}. Update Prompt Travel.`,
    );
  }
  const read = TravelLock.safeParse(stored);
  if (read.success) return { ok: true, lock: read.data };
  const [issue] = read.error.issues;
  const at = issue && issue.path.length > 0 ? ` at “${issue.path.join('.')}”` : '';
  return unreadable(`It is not as Prompt Travel writes it${at}. Write it again.`);
}

const unreadable = (reason: string): ReadLock => ({ ok: false, reason });

/** What was picked for a plan. */
export function choicesOf({ sampling, rolled }: TravelPlan): LockedChoices {
  return {
    seed: sampling.seed,
    rolled: rolled.flatMap(({ written, chosen, nested }) => (nested ? [] : [{ written, chosen }])),
  };
}

/** Whether a plan would have another seed or other choices if it had those of a lock. @param isRandom its seed was picked */
export function picksOthers(lock: LockedChoices, plan: TravelPlan, isRandom: boolean): boolean {
  const { seed, rolled } = choicesOf(plan);
  const keyOf = ({ written, chosen }: LockedChoices['rolled'][number]) => JSON.stringify([written, chosen]);
  const locked = new Set(lock.rolled.map(keyOf));
  const written = new Set(lock.rolled.map((roll) => roll.written));
  return (
    (isRandom && seed !== lock.seed) || rolled.some((roll) => written.has(roll.written) && !locked.has(keyOf(roll)))
  );
}

/** The model files of a plan, its images and their masks, in the order of its lock. */
export function lockedFiles(plan: TravelPlan): { readonly kind: LockedModel['kind']; readonly file: FileRef }[] {
  const { checkpoint, textEncoder, vae, vaeEncoder, motionModule } = plan.models;
  const { interpolation } = plan.output;
  const each = (kind: LockedModel['kind'], models: readonly { readonly file: FileRef }[]) =>
    models.map(({ file }) => ({ kind, file }));
  return [
    { kind: 'checkpoint', file: checkpoint },
    ...(textEncoder ? [{ kind: 'text-encoder' as const, file: textEncoder }] : []),
    ...(vae ? [{ kind: 'vae' as const, file: vae }] : []),
    ...(vaeEncoder && vaeEncoder.path !== checkpoint.path ? [{ kind: 'vae' as const, file: vaeEncoder }] : []),
    ...(motionModule ? [{ kind: 'motion-module' as const, file: motionModule }] : []),
    ...each('motion-lora', plan.motionLoras),
    ...each('lora', plan.loras),
    ...each('embedding', plan.embeddings),
    ...controlNetFiles(plan).map((file) => ({ kind: 'controlnet' as const, file })),
    ...networkFiles(plan).map((file) => ({ kind: 'network' as const, file })),
    ...(interpolation?.method === 'film' ? [{ kind: 'film' as const, file: interpolation.model }] : []),
    ...imageFiles(plan).map((file) => ({ kind: 'image' as const, file })),
    ...hintFiles(plan).map((file) => ({ kind: 'image' as const, file })),
    ...maskFiles(plan).map((file) => ({ kind: 'mask' as const, file })),
  ];
}

export interface LockFacts {
  readonly versions: Omit<TravelLock['versions'], 'plan'>;
  /** SHA-256 of each of `lockedFiles`, in their order. */
  readonly models: readonly string[];
  /** SHA-256 of text in UTF-8, in hexadecimal digits. */
  readonly sha256: (text: string) => string;
}

/** The lock of a plan. */
export function buildLock(plan: TravelPlan, { versions, models, sha256 }: LockFacts): TravelLock {
  const { sampling, context, output } = plan;
  const prompts = {
    prompts: plan.prompts,
    frames: plan.frames.map(({ index, positive, negative, loras }) => ({ index, positive, negative, loras })),
    motionLoras: plan.motionLoras.map(({ weight }) => weight),
  };
  const values = {
    // Absent values are left out.
    frames: plan.frames.map(({ index, cfgScale, motionScale, noiseOf, start, inpaint, denoising, controls }) => ({
      index,
      cfgScale,
      motionScale,
      noiseOf,
      start,
      inpaint,
      denoising,
      controls,
    })),
    // Without their files, which are listed.
    control: plan.control?.units.map(({ file, networks, ...unit }) => unit),
    context: { windows: context.windows, fuse: context.fuse },
    order: output.order,
    ...changedInterpolation(output),
    until: sampling.until,
    rng: sampling.rng,
    ...(plan.images.some(({ shown }) => shown) && { shown: plan.images.map(({ shown = null }) => shown) }),
    ...(plan.control?.pictures.some(({ shown }) => shown) && {
      shownToUnits: plan.control.pictures.map(({ shown = null }) => shown),
    }),
    ...changedSampling(sampling),
  };
  return {
    format: FORMAT,
    versions: { plan: PLAN_VERSION, ...versions },
    ...choicesOf(plan),
    settings: {
      frames: plan.frames.length,
      fps: output.fps,
      loop: output.loop,
      width: plan.width,
      height: plan.height,
      sampler: sampling.sampler,
      schedule: sampling.schedule,
      steps: sampling.steps,
      ...(sampling.denoising !== null && { denoising_strength: sampling.denoising }),
      clip_skip: plan.models.clipSkip,
      emphasis: plan.emphasis,
      mix: plan.mix,
      prompt_editing: plan.promptEditing,
    },
    prompts: sha256(canonical(prompts)),
    values: sha256(canonical(values)),
    models: lockedFiles(plan).map(({ kind, file }, i) => ({
      kind,
      name: modelFileName(file.path),
      size: file.size,
      sha256: models[i]!,
    })),
  };
}

/** What was added to plans later, and only if it is not as before: locks of earlier plans stay valid. */
function changedSampling({
  parameters,
  noise,
  cfgRescale,
  freeU,
  freeInit,
  deepCache,
  precision,
}: TravelPlan['sampling']) {
  const { subseedStrength, resizeFrom, etaNoiseSeedDelta } = noise;
  return {
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...((subseedStrength > 0 || resizeFrom !== null || etaNoiseSeedDelta > 0) && { noise }),
    ...(cfgRescale > 0 && { cfgRescale }),
    ...(freeU && { freeU }),
    ...(freeInit && { freeInit }),
    ...(deepCache && { deepCache }),
    ...(precision && { precision }),
  };
}

function changedInterpolation({ interpolation }: TravelPlan['output']) {
  if (interpolation === null) return {};
  // Files are compared by themselves.
  const { method, count, closed, cuts, findCuts } = interpolation;
  const timed = interpolation.method === 'film' && interpolation.timed;
  return { interpolation: { method, count, closed, cuts, findCuts, timed } };
}

/** JSON that does not depend on the order of keys, which messages between processes change. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

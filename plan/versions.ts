import { z } from 'zod';
import { fileName } from './paths.ts';
import { FileRef, PLAN_VERSION } from './plan.ts';
import { type PublishedFile, PublishedPlan } from './published-plan.ts';
import { Sampler, SigmaSchedule } from './samplers.ts';
import { samplingSteps } from './steps.ts';
import { wrongValue } from './wrong-value.ts';

export const ReadPlan = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), plan: PublishedPlan }),
  /** `reason` is one or more sentences whose subject “it” is the plan. */
  z.strictObject({ ok: z.literal(false), reason: z.string() }),
]);
export type ReadPlan = z.infer<typeof ReadPlan>;

/**
 * A plan of any version that was ever written, as one of today's. Nothing is thrown.
 *
 * @param stored JSON, as a rendered file holds it
 */
export function readPlan(stored: unknown): ReadPlan {
  const version = z.looseObject({ version: z.int().positive() }).safeParse(stored).data?.version;
  if (version === undefined) return { ok: false, reason: 'It is not a plan: it has no version.' };
  if (version > PLAN_VERSION) {
    return {
      ok: false,
      reason: `It has version ${version}, and this version of Prompt Travel reads up to ${PLAN_VERSION}. Update Prompt Travel.`,
    };
  }
  let plan: unknown = stored;
  for (const upgrade of UPGRADES.slice(version - 1)) {
    const upgraded = upgrade(plan);
    if (!upgraded.ok) return upgraded;
    plan = upgraded.plan;
  }
  const read = PublishedPlan.safeParse(plan);
  return read.success ? { ok: true, plan: read.data } : { ok: false, reason: reasonOf(version, read.error) };
}

type Upgraded = { readonly ok: true; readonly plan: unknown } | { readonly ok: false; readonly reason: string };

/** From version i + 1 to i + 2. */
const UPGRADES: readonly ((plan: unknown) => Upgraded)[] = [from1, from2];

const Version1 = z.looseObject({
  models: z.looseObject({}),
  sampling: z.looseObject({ sampler: Sampler, schedule: SigmaSchedule, steps: z.int().min(1).max(1000) }),
  context: z.looseObject({ windows: z.array(z.unknown()).min(1) }),
});

/**
 * Version 1 had a row of windows for each step that was asked for. If the sampler made more, the engine used the last
 * row again; if it made fewer, rows were left over.
 */
function from1(stored: unknown): Upgraded {
  const read = Version1.safeParse(stored);
  if (!read.success) return { ok: false, reason: reasonOf(1, read.error) };
  const { models, sampling, context } = read.data;
  const windows = Array.from(
    { length: samplingSteps(sampling) },
    (_, step) => context.windows[step] ?? context.windows.at(-1),
  );
  return {
    ok: true,
    plan: { ...read.data, version: 2, models: { ...models, unload: false }, context: { ...context, windows } },
  };
}

const Version2 = z.looseObject({
  models: z.looseObject({ checkpoint: FileRef, vae: FileRef.nullable(), motionModule: FileRef.nullable() }),
  loras: z.array(z.looseObject({ file: FileRef })),
  motionLoras: z.array(z.looseObject({ file: FileRef })),
  embeddings: z.array(z.looseObject({ file: FileRef })),
  output: z.looseObject({ base: z.string() }),
});

/** Up to version 2, files held paths of the computer that rendered them. */
function from2(stored: unknown): Upgraded {
  const read = Version2.safeParse(stored);
  if (!read.success) return { ok: false, reason: reasonOf(2, read.error) };
  const { models, loras, motionLoras, embeddings, output } = read.data;
  const published = ({ path, size }: FileRef): PublishedFile => ({ name: fileName(path), size, sha256: null });
  const withFile = <T extends { readonly file: FileRef }>(model: T) => ({ ...model, file: published(model.file) });
  const { checkpoint, vae, motionModule } = models;
  const { base, ...rest } = output;
  return {
    ok: true,
    plan: {
      ...read.data,
      version: 3,
      models: {
        ...models,
        checkpoint: published(checkpoint),
        vae: vae && published(vae),
        motionModule: motionModule && published(motionModule),
      },
      loras: loras.map(withFile),
      motionLoras: motionLoras.map(withFile),
      embeddings: embeddings.map(withFile),
      output: { ...rest, written: fileName(base) },
    },
  };
}

function reasonOf(version: number, error: z.ZodError): string {
  const value = wrongValue(error);
  const what = value === null ? 'it is not a JSON object' : `its “${value}” is missing or invalid`;
  return `It says that it is version ${version}, but ${what}. Use another copy.`;
}

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, parse } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import { Checkpoint } from '../../engine/checkpoint/checkpoint.ts';
import { ModelFiles } from '../../engine/models/model-files.ts';
import { ModelStore } from '../../engine/models/store.ts';
import { cpu } from '../../engine/onnx/session.ts';
import { RenderPictures } from '../../engine/pictures/render-pictures.ts';
import { samplePlan } from '../../engine/pipelines/animatediff.ts';
import { openComponents } from '../../engine/pipelines/components.ts';
import type { PipelineContext } from '../../engine/pipelines/context.ts';
import { encodePlan } from '../../engine/pipelines/encode-prompts.ts';
import { encodeImages } from '../../engine/pipelines/image-to-image.ts';
import { runNoise } from '../../engine/pipelines/run-noise.ts';
import { ProgressReporter } from '../../engine/progress.ts';
import { sigmaSteps } from '../../engine/schedulers/a1111.ts';
import { MOTION_BETAS } from '../../engine/schedulers/betas.ts';
import { a1111Timesteps } from '../../engine/schedulers/timesteps.ts';
import type { Environment, ResolvedModel } from '../../grammar/clip/environment.ts';
import { checkTravel } from '../../grammar/language.ts';
import { findImages } from '../../library/images.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { describeModel } from '../../weights/describe.ts';
import { openWeights } from '../../weights/open.ts';
import type { Computation, GoldenCase } from './case.ts';
import { hasTolerance } from './compare.ts';
import { decodedFrames } from './pipelines.ts';

const Params = z.looseObject({
  settings: z.looseObject({
    prompt: z.string(),
    negative: z.string(),
    seed: z.int(),
    steps: z.int(),
    sampler: z.string(),
    cfg: z.number(),
    video_length: z.int(),
    context: z.int(),
    overlap: z.int(),
    closed_loop: z.string(),
    denoise: z.number().optional(),
    latent_power: z.number().optional(),
    latent_scale: z.number().optional(),
    nets: z.array(z.looseObject({ name: z.string() })),
  }),
  model: z.string(),
  motion_module: z.string(),
  width: z.int(),
  height: z.int(),
  frame_indices: z.array(z.int()),
});
type Params = z.infer<typeof Params>;

/** A1111 with sd-webui-animatediff from end to end: from the text of a `.travel` file in its dialect to frames. */
export const endToEnd: Computation = async (golden) => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  try {
    return await compute(golden, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** @param folder absolute path of an empty folder, for the image that the clip starts from */
async function compute(golden: GoldenCase, folder: string): ReturnType<Computation> {
  const params = Params.parse(golden.manifest.params);
  const plan = await planOf(golden, params, golden.has('init_image') ? await imageFile(golden, folder) : null);
  const context: PipelineContext = {
    runtime: cpu(),
    store: new ModelStore(),
    files: new ModelFiles(),
    cacheFolder: null,
    checkpoint: new Checkpoint({ folder: null, plan, warn: () => undefined }),
    progress: new ProgressReporter(() => undefined),
    pictures: new RenderPictures(() => undefined),
    signal: new AbortController().signal,
    stopHere: new AbortController().signal,
    memory: null,
    info: () => undefined,
    warn: () => undefined,
  };
  const components = await openComponents(plan, context);
  const conditioning = await encodePlan(plan, components, context);
  const positive = (frame: number) => conditioning.positive(plan.frames[frame]!, 0)[0]!.encoding.data;
  const outputs: Record<string, ArrayLike<number>> = {
    ...noises(golden, plan),
    cond_frame0: positive(0),
    cond_frame_mid: positive(middleFrame(golden)),
    negative_cond: conditioning.negative(plan.frames[0]!, 0).data,
  };
  const { sampler, steps } = plan.sampling;
  if (golden.has('sigmas')) outputs.sigmas = sigmaSteps(plan.sampling, MOTION_BETAS).sigmas;
  const images = await encodeImages(plan, components.vae, context);
  const { latents } = await samplePlan(plan, { ...components, images }, conditioning, context);
  const [height, width] = [plan.height / 8, plan.width / 8];
  const size = { height, width, frameSize: latents.length / plan.frames.length };
  outputs.latents = latents;
  outputs.frames_u8 = await decodedFrames(components.vae, latents, params.frame_indices, size, 'truncate');
  await context.store.release();
  if (sampler === 'DDIM' && String(a1111Timesteps(steps)) !== String([...golden.tensor('timesteps').data])) {
    throw new Error(`${golden.id}: the timesteps of DDIM are ${a1111Timesteps(steps)}`);
  }
  // The encoding of the negative prompt has no tolerance; the latents depend on it.
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => hasTolerance(golden, name)));
}

/** The image that the frames start from, as a file. */
async function imageFile(golden: GoldenCase, folder: string): Promise<string> {
  const { data, dims } = golden.tensor('init_image');
  const [, , height, width] = dims as [number, number, number, number];
  const area = width * height;
  const rgb = Uint8Array.from({ length: 3 * area }, (_, i) => data[(i % 3) * area + Math.floor(i / 3)]!);
  const path = join(folder, 'first.png');
  await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
  return path;
}

function noises(golden: GoldenCase, plan: TravelPlan): Record<string, Float32Array> {
  const noise = runNoise(plan, MOTION_BETAS);
  // An image that fades is mixed with the first noise.
  const [first, second] = noise.fading ? [noise.fading, noise.initial] : [noise.initial, noise.between(1, 0)];
  const given: Record<string, Float32Array> = { noise0: first, noise1_frame0: second };
  return Object.fromEntries(
    Object.entries(given)
      .filter(([name]) => golden.has(name))
      .map(([name, values]) => [name, values.subarray(0, golden.tensor(name).data.length)]),
  );
}

/** The manifest names the frame in a sentence: "of frame 17". */
function middleFrame(golden: GoldenCase): number {
  const text = z.looseObject({ cond_frame_mid: z.string() }).parse(golden.manifest.outputs).cond_frame_mid;
  return Number(/\d+/.exec(text)![0]);
}

async function planOf(golden: GoldenCase, params: Params, image: string | null): Promise<TravelPlan> {
  const { settings } = params;
  const files = [params.model, params.motion_module];
  const models = new Map<string, ResolvedModel>();
  for (const file of files) models.set(basename(file), await resolved(join(golden.folder, file)));
  for (const { name } of settings.nets) models.set(name, await resolved(findModel(golden, name)));
  const matter = {
    dialect: 'webui',
    checkpoint: basename(params.model),
    motion_module: basename(params.motion_module),
    frames: settings.video_length,
    context: settings.context,
    overlap: settings.overlap,
    closed_loop: settings.closed_loop,
    width: params.width,
    height: params.height,
    steps: settings.steps,
    sampler: settings.sampler,
    // The manifests use sampler names from before A1111 1.9: a name without a schedule means the uniform schedule.
    schedule: settings.sampler.endsWith(' Karras') ? 'karras' : 'uniform',
    cfg_scale: settings.cfg,
    seed: settings.seed,
    negative_prompt: settings.negative,
    device: 'cpu',
    ...(image !== null && {
      init_image: image,
      denoising_strength: settings.denoise,
      latent_power: settings.latent_power,
      latent_scale: settings.latent_scale,
    }),
  };
  const lines = Object.entries(matter).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const text = ['---', ...lines, '---', settings.prompt].join('\n');
  const images = image === null ? null : await findImages(image);
  const { plan, problems } = checkTravel(text, { ...hostOf(models), inputImages: () => images }, {});
  if (!plan) throw new Error(`${golden.id} has no plan: ${problems.map(({ message }) => message).join(' ')}`);
  return plan;
}

function findModel(golden: GoldenCase, name: string): string {
  const endings = ['.safetensors', '.ckpt'];
  const path = endings.map((ending) => join(golden.folder, 'models', name + ending)).find((file) => exists(file));
  if (!path) throw new Error(`${golden.id}: no model file found for the network "${name}"`);
  return path;
}

const exists = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;

async function resolved(path: string): Promise<ResolvedModel> {
  const file = await openWeights(path);
  const { size, mtimeMs } = file;
  return { name: parse(path).name, file: { path, size, mtimeMs }, description: describeModel(file) };
}

function hostOf(models: ReadonlyMap<string, ResolvedModel>): Environment {
  return {
    resolveModel: (_, name) => models.get(name) ?? null,
    modelNames: () => [...models.keys()],
    readTravelFile: () => null,
    wildcard: () => null,
    wildcardNames: () => [],
    outputFolder: process.cwd(),
    fileName: 'golden',
    now: new Date(0),
    randomSeed: () => 0,
  };
}

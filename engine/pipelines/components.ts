import { stat } from 'node:fs/promises';
import type { FileRef, PlanFrame, PlanPrompt, TravelPlan } from '../../plan/plan.ts';
import { embeddingTensor } from '../../weights/describe.ts';
import { openWeights } from '../../weights/open.ts';
import { readFloats } from '../../weights/read.ts';
import { BadModelError, type WeightsFile } from '../../weights/tensor.ts';
import { RenderError } from '../failure.ts';
import { loraPatches } from '../lora/patches.ts';
import { TextEncoder } from '../models/text-encoder/text-encoder.ts';
import { UNet, type UNetLora } from '../models/unet/unet.ts';
import { Vae } from '../models/vae/vae.ts';
import { chooseRuntime } from '../onnx/providers.ts';
import type { SessionMode } from '../onnx/session.ts';
import type { EmbeddingVectors } from './encode-prompts.ts';

/** A plan's models, ready to run, and how strongly its LoRAs act on them. */
export interface LoadedModels {
  readonly textEncoder: TextEncoder;
  readonly unet: UNet;
  readonly vae: Vae;
  /** What runs them, and why not something faster. */
  readonly device: string;
  readonly embeddings: EmbeddingVectors;
  readonly textEncoderStrengths: (prompt: PlanPrompt) => readonly number[];
  /** For each of the UNet's LoRAs its strength in each frame. */
  readonly unetStrengths: (frames: readonly PlanFrame[]) => readonly (readonly number[])[];
  /** Says which text encoder this is, in which state of its files: encodings of equal identity are equal. */
  readonly textEncoderIdentity: string;
  release(): Promise<void>;
}

/** Open the files that a plan names. Reads headers; weights stay where they are. @throws RenderError, BadModelError */
export async function loadModels(
  plan: TravelPlan,
  mode: SessionMode,
  log: (line: string) => void,
): Promise<LoadedModels> {
  const { description, ...runtime } = await chooseRuntime(plan.device, mode);
  log(`Device: ${description}`);
  const checkpoint = await openUnchanged(plan.models.checkpoint);
  const motionModule = plan.models.motionModule && (await openUnchanged(plan.models.motionModule));
  const vaeFile = plan.models.vae ? await openUnchanged(plan.models.vae) : checkpoint;

  const loras: Awaited<ReturnType<typeof openLora>>[] = [];
  for (const { file } of plan.loras) {
    loras.push(await openLora(file, { unet: checkpoint, textEncoder: checkpoint }, log));
  }
  const motionLoras: UNetLora[] = [];
  for (const { file, name } of plan.motionLoras) {
    if (!motionModule) {
      throw new RenderError('bad-model', `The motion LoRA "${name}" needs a motion module, but the plan has none.`);
    }
    motionLoras.push((await openLora(file, { motionModule }, log)).motion);
  }

  const textEncoder = new TextEncoder(checkpoint, {
    clipSkip: plan.models.clipSkip,
    loras: loras.map(({ text }) => text),
    runtime,
  });
  const unet = new UNet(checkpoint, {
    motionModule,
    loras: [...loras.map(({ unet: { patches } }, i) => ({ patches, travels: travels(plan, i) })), ...motionLoras],
    runtime,
  });
  const vae = new Vae(vaeFile, runtime);
  const motionWeights = plan.motionLoras.map(({ weight }) => weight);
  return {
    textEncoder,
    unet,
    vae,
    device: description,
    embeddings: await readEmbeddings(plan, textEncoder.width),
    textEncoderStrengths: ({ loras: uses }) =>
      plan.loras.map((_, index) => uses.reduce((sum, { lora, weight }) => (lora === index ? sum + weight : sum), 0)),
    unetStrengths: (frames) => [
      ...plan.loras.map((_, index) => frames.map((frame) => frame.loras[index] ?? 0)),
      ...motionWeights.map((weight) => frames.map(() => weight)),
    ],
    textEncoderIdentity: JSON.stringify([plan.models.checkpoint, plan.models.clipSkip, plan.loras, plan.embeddings]),
    release: async () => {
      await Promise.all([textEncoder.release(), unet.release(), vae.release()]);
    },
  };
}

/** Whether a LoRA's strength in the UNet differs between frames. */
function travels({ frames }: TravelPlan, lora: number): boolean {
  return frames.some((frame) => (frame.loras[lora] ?? 0) !== (frames[0]!.loras[lora] ?? 0));
}

async function openLora(
  file: FileRef,
  target: Parameters<typeof loraPatches>[1],
  log: (line: string) => void,
): Promise<{ text: UNetLora; unet: UNetLora; motion: UNetLora }> {
  const { patches, unmatched, misfits } = await loraPatches(await openUnchanged(file), target);
  if (unmatched.length + misfits.length > 0) {
    log(
      `${file.path}: ${patches.length} layers are used; ${unmatched.length} are of a kind, or for a layer, that is not ` +
        `known here, and ${misfits.length} have another shape (the first: ${unmatched[0] ?? misfits[0]}).`,
    );
  }
  const of = (component: string) => ({ patches: patches.filter((patch) => patch.component === component) });
  return { text: of('textEncoder'), unet: of('unet'), motion: of('motionModule') };
}

/** A model that was changed or cut off while it is mapped would end the process, so its state is checked first. */
async function openUnchanged(ref: FileRef): Promise<WeightsFile> {
  const found = await stat(ref.path).catch((error: NodeJS.ErrnoException) => {
    throw new RenderError('bad-model', `The model file ${ref.path} cannot be opened (${error.code}). Was it moved?`);
  });
  if (found.size !== ref.size || Math.abs(found.mtimeMs - ref.mtimeMs) > 1) {
    throw new RenderError(
      'file-changed',
      `${ref.path} has changed since the render was planned (${ref.size} → ${found.size} bytes). Render again.`,
    );
  }
  return openWeights(ref.path);
}

async function readEmbeddings(plan: TravelPlan, width: number): Promise<EmbeddingVectors> {
  const vectors = new Map<string, Float32Array[]>();
  for (const { name, file } of plan.embeddings) {
    const entry = embeddingTensor(await openUnchanged(file));
    if (!entry || entry.shape.at(-1) !== width) {
      throw new BadModelError(
        `The embedding ${file.path} does not fit the checkpoint: its vectors have ${entry?.shape.at(-1) ?? 'no'} values, ` +
          `the text encoder's ${width}. Use one that was made for this kind of model.`,
      );
    }
    const values = await readFloats(entry);
    const rows = Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
    vectors.set(name, rows);
  }
  return vectors;
}

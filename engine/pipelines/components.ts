import { controlNetFiles, modelFiles } from '../../plan/model-files.ts';
import type { FileRef, PlanFrame, TravelPlan } from '../../plan/plan.ts';
import { openWeights } from '../../weights/open.ts';
import type { WeightsFile } from '../../weights/tensor.ts';
import { RenderError } from '../failure.ts';
import { loraPatches } from '../lora/patches.ts';
import type { LoraComponent, LoraTarget } from '../lora/target-names.ts';
import type { ComponentLora } from '../models/lora.ts';
import { longestWindow } from '../models/memory.ts';
import { type EmbeddingVectors, readEmbeddings } from '../models/text-encoder/embeddings.ts';
import { TextEncoder } from '../models/text-encoder/text-encoder.ts';
import { UNet } from '../models/unet/unet.ts';
import { checkSupported } from '../models/usable.ts';
import { Vae } from '../models/vae/vae.ts';
import type { PipelineContext } from './context.ts';
import { sideBySide } from './side-by-side.ts';

/** A plan's models, ready to run. */
export interface Components {
  readonly textEncoder: TextEncoder;
  readonly embeddings: EmbeddingVectors;
  readonly unet: UNet;
  readonly vae: Vae;
  /** Encodes images: the same VAE, or that of another file. */
  readonly vaeEncoder: Vae;
}

/**
 * The models of a plan: those that the store has open, and new ones for the rest. Weights stay in their files.
 *
 * @throws RenderError, BadModelError
 */
export async function openComponents(
  plan: TravelPlan,
  { runtime, store, files, warn }: Pick<PipelineContext, 'runtime' | 'store' | 'files' | 'warn'>,
): Promise<Components> {
  const {
    checkpoint,
    textEncoder: textEncoderFile = checkpoint,
    vae: vaeFile,
    vaeEncoder: encoderFile,
    motionModule,
    clipSkip,
  } = plan.models;
  const loraFiles = plan.loras.map(({ file }) => file);
  const motionLoraFiles = plan.motionLoras.map(({ file }) => file);
  const controlFiles = controlNetFiles(plan);
  checkMotionLoras(plan);
  // Models that are already open are not opened again, but their weights are still read from these files.
  for (const file of modelFiles(plan)) await files.use(file);

  const open = once(({ path }) => openWeights(path));
  const openLora = once(async (file) => {
    const target = { unet: await open(checkpoint), textEncoder: await open(textEncoderFile) };
    return lorasOf(await open(file), target, warn);
  });
  const openMotionLora = once(async (file) =>
    lorasOf(await open(file), motionModule ? { motionModule: await open(motionModule) } : {}, warn),
  );

  const textEncoder = await store.textEncoder.acquire(
    { files: [textEncoderFile, checkpoint, ...loraFiles], options: { clipSkip, runtime } },
    async () => {
      const loras = await sideBySide(loraFiles, 1, openLora);
      return new TextEncoder(await open(textEncoderFile), {
        clipSkip,
        loras: loras.map(({ textEncoder }) => textEncoder),
        runtime,
      });
    },
  );
  const travels = plan.loras.map((_, lora) => loraTravels(plan, lora));
  const deepCache = plan.sampling.deepCache !== undefined;
  const wantsInt8 = plan.sampling.precision === 'int8';
  const int8 = wantsInt8 && runtime.provider === 'cpu';
  if (wantsInt8 && !int8) warn('`precision: int8` is for the CPU. This device computes in fp32.');
  const unet = await store.unet.acquire(
    {
      files: [
        checkpoint,
        textEncoderFile,
        ...(motionModule ? [motionModule] : []),
        ...loraFiles,
        ...motionLoraFiles,
        ...controlFiles,
      ],
      // Its sessions keep the memory of the sizes that they ran with, so a UNet of another size is not kept.
      options: {
        loras: loraFiles.length,
        controlNets: controlFiles.length,
        travels,
        size: [plan.width, plan.height, longestWindow(plan)],
        deepCache,
        int8,
        runtime,
      },
    },
    async () => {
      const loras = await sideBySide(loraFiles, 1, openLora);
      const motionLoras = await sideBySide(motionLoraFiles, 1, openMotionLora);
      return new UNet(await open(checkpoint), {
        motionModule: motionModule && (await open(motionModule)),
        loras: [
          ...loras.map(({ unet }, i) => ({ ...unet, travels: travels[i]! })),
          ...motionLoras.map((lora) => lora.motionModule),
        ],
        deepCache,
        int8,
        controlNets: await sideBySide(controlFiles, 1, open),
        runtime,
      });
    },
  );
  // A damaged VAE would be noticed after all steps. The other models are run before, or in, the first one.
  const openVae = async (file: FileRef) => {
    const vae = new Vae(await open(file), runtime);
    await vae.checkWeights();
    return vae;
  };
  const vae = await store.vae.acquire({ files: [vaeFile ?? checkpoint], options: { runtime } }, () =>
    openVae(vaeFile ?? checkpoint),
  );
  const vaeEncoder = encoderFile
    ? await store.vaeEncoder.acquire({ files: [encoderFile], options: { runtime } }, () => openVae(encoderFile))
    : vae;
  const embeddings = await readEmbeddings(plan.embeddings, textEncoder.width, files);
  return { textEncoder, embeddings, unet, vae, vaeEncoder };
}

/**
 * The strength of each of the UNet's LoRAs, in the order in which `openComponents` applies them, in each of `frames`.
 */
export function unetLoraStrengths(
  { loras, motionLoras }: Pick<TravelPlan, 'loras' | 'motionLoras'>,
  frames: readonly PlanFrame[],
): number[][] {
  return [
    ...loras.map((_, index) => frames.map((frame) => frame.loras[index] ?? 0)),
    ...motionLoras.map(({ weight }) => frames.map(() => weight)),
  ];
}

/** Whether a LoRA's strength in the UNet differs between frames. */
function loraTravels({ frames }: TravelPlan, lora: number): boolean {
  return frames.some((frame) => (frame.loras[lora] ?? 0) !== (frames[0]!.loras[lora] ?? 0));
}

function checkMotionLoras({ motionLoras, models }: TravelPlan): void {
  const [first] = motionLoras;
  if (first && !models.motionModule) {
    throw new RenderError(
      'bad-model',
      `The motion LoRA "${first.name}" needs a motion module. Set \`motion_module\`, or remove the motion LoRA.`,
    );
  }
}

/** A LoRA, split by the components that it changes. */
async function lorasOf(
  lora: WeightsFile,
  target: LoraTarget,
  warn: (line: string) => void,
): Promise<Record<LoraComponent, ComponentLora>> {
  checkSupported(lora);
  const { patches, unmatched, misfits, others, unsupported } = await loraPatches(lora, target);
  const ignored = [...unmatched, ...misfits, ...others];
  if (ignored.length > 0) {
    const reasons = [
      ...(unsupported.length > 0 ? [`It uses ${unsupported.join(' and ')}, not supported yet.`] : []),
      ...(misfits.length > 0 ? [`${misfits.length} have another shape than in the model.`] : []),
    ];
    warn(
      `LoRA ${lora.path} is only partly applied: ${patches.length} layers are used, and ${ignored.length} are ignored ` +
        `(the first: ${ignored[0]}). ${reasons.join(' ')}`.trimEnd(),
    );
  }
  const of = (component: LoraComponent) => ({ patches: patches.filter((patch) => patch.component === component) });
  return { textEncoder: of('textEncoder'), unet: of('unet'), motionModule: of('motionModule') };
}

/** Opens each file at most once. */
function once<T>(open: (file: FileRef) => Promise<T>): (file: FileRef) => Promise<T> {
  const opened = new Map<string, Promise<T>>();
  return (file) => {
    const known = opened.get(file.path) ?? open(file);
    opened.set(file.path, known);
    return known;
  };
}

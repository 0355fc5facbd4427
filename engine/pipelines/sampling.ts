import type { Fuse } from '../../plan/fuse.ts';
import { allFinite } from '../../weights/finite.ts';
import { RenderError } from '../failure.ts';
import {
  type ModelCall,
  NO_MEMORY,
  type Prediction,
  type Scheduler,
  type StepResult,
} from '../schedulers/scheduler.ts';
import { WindowFuser } from './fuse.ts';
import type { HeldFrames } from './image-to-image.ts';
import type { KeptLatents } from './inpainting.ts';
import type { RunNoise } from './run-noise.ts';
import type { SamplingState } from './sampling-state.ts';
import { sideBySide } from './side-by-side.ts';

/** Where a run is. */
export interface Place {
  /** 0-based. */
  readonly step: number;
  /** Of the model, over all steps, 0-based. */
  readonly call: number;
  /** Of the model, in this step, 0-based. */
  readonly callOfStep: number;
}

export interface SamplingRequest {
  readonly scheduler: Scheduler;
  readonly noise: Omit<RunNoise, 'fading'>;
  /** Clean latents that the run starts from, `[frames, frameSize]`, flat; absent or null: it starts from noise alone. */
  readonly start?: Float32Array | null;
  /** Frames that begin later; absent or null: all begin with the first step. */
  readonly held?: HeldFrames | null;
  /** What a mask keeps of `start`; absent or null: nothing. */
  readonly kept?: KeptLatents | null;
  readonly frames: number;
  /** The context windows of a model call, in order, each as the positions of its frames. */
  readonly windowsAt: (call: number) => readonly (readonly number[])[];
  readonly fuse: Fuse;
  /** That are predicted at the same time, at most; default 1. */
  readonly windowsAtOnce?: number;
  /**
   * The prediction of the noise in the frames at `positions`.
   *
   * @param call the frames' part of what the sampler asks for: `[positions, frameSize]`
   */
  readonly predict: (
    positions: readonly number[],
    call: ModelCall,
    place: Place & { readonly window: number },
  ) => Promise<Prediction>;
  /** Called before each window; throwing ends the run. */
  readonly onWindow?: (place: Place, window: number) => Promise<void>;
  readonly onWindowDone?: () => void;
  /** Continues a run after its last saved step; absent or null: from the beginning. */
  readonly resumeFrom?: SamplingState | null;
  /** @param clean computes the estimate of the clean latents, of the latents' shape */
  readonly onStep?: (state: SamplingState, clean: () => Float32Array) => Promise<void>;
  /** Asked after each step: whether to end with the estimate of the clean latents. Ignored after the last step. */
  readonly endsAfter?: (steps: number) => boolean;
}

export interface Sampled {
  /** `[frames, frameSize]`, flat. */
  readonly latents: Float32Array;
  /** That were made. */
  readonly steps: number;
  /** Whether the sampler made all of its steps. */
  readonly isWhole: boolean;
}

/**
 * Denoise a clip: at every model call of a step, the noise of each context window is predicted independently, and the
 * predictions are fused; the sampler takes its step with all frames.
 *
 * A run that ends early gives the clean latents that its last prediction implies, as A1111's Interrupt does.
 */
export async function sampleLatents(request: SamplingRequest): Promise<Sampled> {
  const { scheduler, noise, start, held, kept, resumeFrom } = request;
  const withKept = (latents: Float32Array) => kept?.into(latents) ?? latents;
  let noiseDraws = resumeFrom?.noiseDraws ?? 0;
  noise.skip(noiseDraws);
  const stepNoise = (from: number, to: number) => {
    noiseDraws++;
    return noise.between(from, to);
  };
  let { steps, calls, latents, memory, isWhole } = resumeFrom ?? {
    steps: 0,
    calls: 0,
    latents: firstLatents(scheduler, start ?? null, noise.initial),
    memory: NO_MEMORY,
    isWhole: false,
  };
  while (!isWhole) {
    const run = scheduler.step(steps, latents, memory, stepNoise);
    let next = run.next();
    for (let callOfStep = 0; !next.done; callOfStep++) {
      next = run.next(await predictAll(request, next.value, { step: steps, call: calls, callOfStep }));
      calls++;
    }
    const result: StepResult = next.value;
    steps++;
    checkFinite(result.sample, steps);
    ({ memory } = result);
    latents = held?.noised(result.sample, steps) ?? result.sample;
    const made = steps;
    const clean = () => withKept(held?.clean(result.clean(), made) ?? result.clean());
    isWhole = result.isLast ?? steps === scheduler.steps;
    await request.onStep?.({ steps, calls, latents, memory, isWhole, noiseDraws }, clean);
    if (!isWhole && request.endsAfter?.(steps)) return { latents: clean(), steps, isWhole };
  }
  return { latents: withKept(latents), steps, isWhole };
}

/** A model's own values are checked where it computes them, so this is the sampler. */
function checkFinite(latents: Float32Array, steps: number): void {
  if (allFinite(latents)) return;
  throw new RenderError(
    'bad-model',
    `The latents became NaN or infinite in step ${steps}, so the frames would be black. What the UNet predicted is finite, but ` +
      'too large for the sampler. The usual causes are a damaged checkpoint, a LoRA of another model family or with a large ' +
      'weight, and a very high `cfg_scale`.',
  );
}

/** What a run starts from. @param start clean latents; null: it starts from noise alone */
export const firstLatents = (scheduler: Scheduler, start: Float32Array | null, noise: Float32Array): Float32Array =>
  start ? scheduler.addNoise(start, noise, 0) : noise.map((value) => value * scheduler.initNoiseSigma);

/** The model's prediction for all frames, window by window. */
async function predictAll(request: SamplingRequest, call: ModelCall, place: Place): Promise<Prediction> {
  const { scheduler, frames, fuse, kept } = request;
  const { timestep, noiseTo } = call;
  const input = kept && !noiseTo ? kept.into(call.input) : call.input;
  const frameSize = input.length / frames;
  const guided = new WindowFuser(frames, frameSize, fuse);
  const negative = scheduler.needsNegative ? new WindowFuser(frames, frameSize, fuse) : null;
  const windows = request.windowsAt(place.call);
  const predictions = await sideBySide(windows, request.windowsAtOnce ?? 1, async (positions, index) => {
    await request.onWindow?.(place, index);
    const sample = gatherFrames(input, positions, frameSize);
    const prediction = await request.predict(positions, { input: sample, timestep }, { ...place, window: index });
    request.onWindowDone?.();
    return prediction;
  });
  for (const [index, positions] of windows.entries()) {
    guided.add(positions, predictions[index]!.guided);
    negative?.add(positions, predictions[index]!.negative!);
  }
  const predicted = guided.result();
  return {
    guided: kept && noiseTo ? kept.noise(predicted, noiseTo) : predicted,
    ...(negative && { negative: negative.result() }),
  };
}

function gatherFrames(values: Float32Array, positions: readonly number[], frameSize: number): Float32Array {
  const out = new Float32Array(positions.length * frameSize);
  positions.forEach((frame, place) => {
    out.set(values.subarray(frame * frameSize, (frame + 1) * frameSize), place * frameSize);
  });
  return out;
}

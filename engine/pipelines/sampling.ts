import type { Fuse } from '../../plan/fuse.ts';
import type { NoiseSource, Scheduler } from '../schedulers/scheduler.ts';
import { WindowFuser } from './fuse.ts';
import type { SamplingState } from './sampling-state.ts';

export interface SamplingRequest {
  readonly scheduler: Scheduler;
  /** Standard normal, `[frames, frameSize]`, flat. */
  readonly noise: Float32Array;
  readonly frames: number;
  /** The context windows of a step, in order, each as the positions of its frames. */
  readonly windowsAt: (step: number) => readonly (readonly number[])[];
  readonly fuse: Fuse;
  /**
   * The guided prediction of the noise in the frames at `positions`.
   *
   * @param sample `[positions, frameSize]`, scaled for the UNet
   */
  readonly predict: (
    positions: readonly number[],
    sample: Float32Array,
    step: number,
    timestep: number,
  ) => Promise<Float32Array>;
  /** For samplers that add noise at every step. */
  readonly stepNoise: NoiseSource;
  /** Called before each window; throwing ends the run. */
  readonly onWindow?: (step: number, window: number) => Promise<void>;
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
}

/**
 * Denoise a clip: at every step, the noise of each context window is predicted independently, the predictions are
 * fused, and the scheduler takes one step with all frames.
 *
 * A run that ends early gives the clean latents that its last prediction implies, as A1111's Interrupt does.
 */
export async function sampleLatents(request: SamplingRequest): Promise<Sampled> {
  const { scheduler, frames, windowsAt, fuse, predict, resumeFrom } = request;
  const steps = scheduler.timesteps.length;
  const frameSize = request.noise.length / frames;
  let noiseDraws = 0;
  const stepNoise = () => {
    noiseDraws++;
    return request.stepNoise();
  };
  let latents: Float32Array = resumeFrom?.latents ?? request.noise.map((value) => value * scheduler.initNoiseSigma);
  if (resumeFrom) {
    scheduler.resume?.(resumeFrom.steps, resumeFrom.history);
    while (noiseDraws < resumeFrom.noiseDraws) stepNoise();
  }
  for (let step = resumeFrom?.steps ?? 0; step < steps; step++) {
    const input = scheduler.scaleModelInput(latents, step);
    const fuser = new WindowFuser(frames, frameSize, fuse);
    for (const [index, positions] of windowsAt(step).entries()) {
      await request.onWindow?.(step, index);
      const sample = gatherFrames(input, positions, frameSize);
      fuser.add(positions, await predict(positions, sample, step, scheduler.timesteps[step]!));
      request.onWindowDone?.();
    }
    const [epsilon, sample] = [fuser.result(), latents];
    const clean = () => scheduler.clean(epsilon, step, sample);
    latents = scheduler.step(epsilon, step, sample, stepNoise);
    const made = step + 1;
    await request.onStep?.({ steps: made, latents, history: scheduler.history?.() ?? [], noiseDraws }, clean);
    if (made < steps && request.endsAfter?.(made)) return { latents: clean(), steps: made };
  }
  return { latents, steps };
}

function gatherFrames(values: Float32Array, positions: readonly number[], frameSize: number): Float32Array {
  const out = new Float32Array(positions.length * frameSize);
  positions.forEach((frame, place) => {
    out.set(values.subarray(frame * frameSize, (frame + 1) * frameSize), place * frameSize);
  });
  return out;
}

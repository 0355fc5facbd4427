import { NO_MEMORY } from '../schedulers/scheduler.ts';
import type { HeldFrames } from './image-to-image.ts';
import { firstLatents, type Sampled, type SamplingRequest, sampleLatents } from './sampling.ts';
import type { EarlierIterations } from './sampling-state.ts';

export interface IterationsRequest extends Omit<SamplingRequest, 'held'> {
  /** How often the clip is sampled, at least once. */
  readonly iterations: number;
  /** Frames that begin later, for the noise of an iteration; absent: all begin with the first step. */
  readonly heldWith?: (noise: Float32Array) => HeldFrames | null;
  /** The noise that the next iteration starts from. @param clean result of the last one */
  readonly renewed: (clean: Float32Array) => Float32Array;
}

/**
 * Samples a clip several times, each time from noise that the last result has changed. Steps are counted over all
 * iterations. A sampler goes on drawing noise where the last iteration stopped, as in sd-webui-animatediff.
 */
export async function sampleIterations(request: IterationsRequest): Promise<Sampled> {
  const { scheduler, start = null, iterations } = request;
  let state = request.resumeFrom ?? null;
  let earlier = state?.earlier;
  // What was drawn before is skipped once.
  let { noise } = request;
  for (;;) {
    const initial = earlier?.noise ?? request.noise.initial;
    const stepsBefore = earlier?.steps ?? 0;
    let draws = state?.noiseDraws ?? 0;
    let calls = state?.calls ?? 0;
    const sampled = await sampleLatents({
      ...request,
      noise: { ...noise, initial },
      held: request.heldWith?.(initial) ?? null,
      resumeFrom: state,
      onWindow: async (place, window) => request.onWindow?.({ ...place, step: stepsBefore + place.step }, window),
      onStep: async (reached, clean) => {
        ({ noiseDraws: draws, calls } = reached);
        await request.onStep?.({ ...reached, ...(earlier && { earlier }) }, clean);
      },
      endsAfter: (steps) => request.endsAfter?.(stepsBefore + steps) ?? false,
    });
    const steps = stepsBefore + sampled.steps;
    const made = (earlier?.iterations ?? 0) + 1;
    if (!sampled.isWhole || made === iterations) return { ...sampled, steps };
    if (request.endsAfter?.(steps)) return { latents: sampled.latents, steps, isWhole: false };
    const next: EarlierIterations = {
      iterations: made,
      steps,
      calls: (earlier?.calls ?? 0) + calls,
      noise: request.renewed(sampled.latents),
    };
    earlier = next;
    noise = { ...noise, skip: () => undefined };
    const latents = firstLatents(scheduler, start, next.noise);
    state = { steps: 0, calls: 0, latents, memory: NO_MEMORY, isWhole: false, noiseDraws: draws };
  }
}

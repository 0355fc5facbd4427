import { largest } from '../../plan/extremes.ts';
import type { MemoryPlan } from '../../plan/memory.ts';
import type { FreeU, PlanFrame } from '../../plan/plan.ts';
import type { UNetControl } from '../models/controlnet/controls.ts';
import type { UNet } from '../models/unet/unet.ts';
import type { UNetInput } from '../models/unet/unet-input.ts';
import type { Prediction } from '../schedulers/scheduler.ts';
import type { Conditioning, Encoding, WeightedEncoding } from './conditioning.ts';
import { DeepCache } from './deep-cache.ts';
import { applyGuidance, rescaleGuidance, weightedMean } from './guidance.ts';
import { noiseOfVelocity } from './velocity.ts';

/** What sampling needs of a UNet. */
export type DenoisingModel = Pick<UNet, 'predict'> &
  Partial<Pick<UNet, 'embedsGuidance' | 'predictDeep' | 'predictShallow' | 'predictsVelocity' | 'zeroTerminalSnr'>>;

export interface DenoiserOptions {
  readonly unet: DenoisingModel;
  /** σ ÷ α of the noise at a timestep; needed if the UNet predicts the velocity. */
  readonly sigmaAt?: (timestep: number) => number;
  readonly conditioning: Conditioning;
  readonly frames: readonly PlanFrame[];
  /** Height and width of the latents. */
  readonly height: number;
  readonly width: number;
  /** For each of the UNet's LoRAs, its strength in each of a window's frames. */
  readonly loraStrengths: (frames: readonly PlanFrame[]) => readonly (readonly number[])[];
  /** Of an inpainting model, what it sees beside each of `frames`: `[5, height, width]`, flat. */
  readonly besides?: readonly Float32Array[] | null;
  /** Factor of all guidance scales; 1 by default. */
  readonly scaleFactor?: number;
  /** 0: guidance as it is; 1: each frame's guided noise gets the deviation of the noise without guidance. */
  readonly rescale?: number;
  readonly freeU?: FreeU | undefined;
  /** Every so many calls, the whole UNet is computed; absent: in each. Needs a UNet that keeps its features. */
  readonly deepInterval?: number | undefined;
  /** Whether the sampler uses the negative prompt's own prediction. */
  readonly needsNegative?: boolean;
  /** How much goes through the UNet at once; default: what is fastest. */
  readonly memory?: MemoryPlan | undefined;
}

/** A ControlNet that acts on a window. */
export interface WindowControl extends Omit<UNetControl, 'strengths'> {
  /** In each frame of the window. */
  readonly weights: readonly number[];
  /** Whether it acts on the negative prompt, too. */
  readonly negative: boolean;
}

/** A window in one call of the model. */
interface WindowCall {
  /** In the plan's `frames`. */
  readonly positions: readonly number[];
  readonly call: number;
  /** Its place among the windows of the call. */
  readonly window: number;
  /** ControlNets that act on it. */
  readonly controls: readonly WindowControl[];
}

/** The negative prompt, or one part of the positive prompt, in each frame of a window. */
interface Role {
  /** Equal in every call. */
  readonly name: string;
  readonly contexts: readonly Encoding[];
  /** Null for the negative prompt. */
  readonly weights: readonly number[] | null;
}

/**
 * Predicts the noise of a window with guidance: the negative prompt and every part of the positive one go through the
 * UNet side by side. Prompts of different lengths go through it separately, without padding, as A1111 does by default.
 * A UNet that has the scale as an input (LCM) is guided by it and needs no negative prompt.
 */
export class Denoiser {
  readonly #options: DenoiserOptions;
  readonly #cache: DeepCache | null;

  constructor(options: DenoiserOptions) {
    this.#options = options;
    const { deepInterval, unet } = options;
    if (deepInterval !== undefined && !(unet.predictDeep && unet.predictShallow)) {
      throw new Error('DeepCache needs a UNet that keeps its features.');
    }
    this.#cache = deepInterval === undefined ? null : new DeepCache(deepInterval);
  }

  /**
   * @param positions in the plan's `frames`
   * @param sample `[positions, 4, height, width]`, flat
   * @param call of the model, over all steps, 0-based: A1111's `CFGDenoiser.step`, which prompt editing counts
   * @param window its place among the windows of the call
   * @param controls ControlNets that act on this call
   * @returns noise of the sample's shape
   */
  async predict(
    positions: readonly number[],
    sample: Float32Array,
    call: number,
    timestep: number,
    { window = 0, controls = [] }: Partial<Pick<WindowCall, 'window' | 'controls'>> = {},
  ): Promise<Prediction> {
    const { unet, sigmaAt } = this.#options;
    const place = { positions, call, window, controls };
    const predicted = await this.#guided(place, this.#input(positions, sample), timestep);
    if (!unet.predictsVelocity) return predicted;
    if (!sigmaAt) throw new Error('A v-prediction model needs the noise at each timestep.');
    const noiseOf = (velocity: Float32Array) => noiseOfVelocity(velocity, sample, sigmaAt(timestep));
    const { guided, negative } = predicted;
    return { guided: noiseOf(guided), ...(negative && { negative: noiseOf(negative) }) };
  }

  /** The sample with what an inpainting model sees beside it, `[positions, 9, height, width]`. */
  #input(positions: readonly number[], sample: Float32Array): Float32Array {
    const { besides } = this.#options;
    if (!besides) return sample;
    const size = sample.length / positions.length;
    const all = size + besides[0]!.length;
    const input = new Float32Array(positions.length * all);
    positions.forEach((position, place) => {
      input.set(sample.subarray(place * size, (place + 1) * size), place * all);
      input.set(besides[position]!, place * all + size);
    });
    return input;
  }

  /** The UNet's prediction, be it noise or velocity, with guidance. */
  async #guided(place: WindowCall, sample: Float32Array, timestep: number): Promise<Prediction> {
    const { positions, call } = place;
    const { unet, conditioning, scaleFactor = 1, rescale = 0, needsNegative = false } = this.#options;
    const frames = positions.map((position) => this.#options.frames[position]!);
    const cfgScales = frames.map(({ cfgScale }) => cfgScale * scaleFactor);
    const positive = rolesOf(frames.map((frame) => conditioning.positive(frame, call)));
    if (unet.embedsGuidance) {
      const predictions = await this.#run(place, sample, timestep, positive);
      const parts = predictions.map((prediction, i) => ({ prediction, weights: positive[i]!.weights! }));
      const guided = weightedMean(parts);
      return { guided, negative: guided };
    }
    // At cfg 1 the negative prompt cancels out, so A1111 does not run it.
    const withNegative =
      needsNegative ||
      cfgScales.some((cfg) => cfg !== 1) ||
      positive.length !== 1 ||
      positive[0]!.weights!.some((w) => w !== 1);
    if (!withNegative) return { guided: (await this.#run(place, sample, timestep, positive))[0]! };
    const contexts = frames.map((frame) => conditioning.negative(frame, call));
    const role: Role = { name: 'negative', contexts, weights: null };
    const [negative, ...predictions] = await this.#run(place, sample, timestep, [role, ...positive]);
    const conditional = predictions.map((prediction, i) => ({ prediction, weights: positive[i]!.weights! }));
    const guided = applyGuidance(negative!, conditional, cfgScales);
    if (rescale === 0) return { guided, negative: negative! };
    const unguided = applyGuidance(
      negative!,
      conditional,
      cfgScales.map(() => 1),
    );
    return { guided: rescaleGuidance(guided, unguided, frames.length, rescale), negative: negative! };
  }

  /** The UNet's prediction for each role, those of equal length in one call. */
  async #run(
    place: WindowCall,
    sample: Float32Array,
    timestep: number,
    roles: readonly Role[],
  ): Promise<Float32Array[]> {
    const { height, width, loraStrengths, freeU, memory } = this.#options;
    const frames = place.positions.map((position) => this.#options.frames[position]!);
    const results = new Map<Role, Float32Array>();
    const tokensOf = (role: Role) => role.contexts[0]!.tokens;
    for (const tokens of new Set(roles.map(tokensOf))) {
      const together = roles.filter((role) => tokensOf(role) === tokens);
      const input: UNetInput = {
        samples: [sample],
        frames: frames.length,
        height,
        width,
        timesteps: [timestep],
        contexts: together.map(({ contexts }) => contexts.map(({ data }) => data)),
        tokens,
        motionScale: frames.map(({ motionScale }) => motionScale),
        guidance: frames.map(({ cfgScale }) => cfgScale),
        loraStrengths: loraStrengths(frames),
        ...(freeU && { freeU }),
        controls: place.controls.map(({ weights, negative, ...control }) => ({
          ...control,
          strengths: together.map((role) => (role.weights === null && !negative ? weights.map(() => 0) : weights)),
        })),
        ...(memory && { memory }),
      };
      const predictions = await this.#predicted(input, together, place);
      together.forEach((role, i) => {
        results.set(role, predictions[i]!);
      });
    }
    return roles.map((role) => results.get(role)!);
  }

  /** With DeepCache, from kept features, unless this is a whole call, or a frame was not sampled with this role in it. */
  async #predicted(
    input: UNetInput,
    roles: readonly Role[],
    { positions, call, window }: WindowCall,
  ): Promise<Float32Array[]> {
    const { unet } = this.#options;
    const cache = this.#cache;
    if (!cache) return unet.predict(input);
    if (cache.begin(call)) {
      const predictions = await unet.predictDeep!(input);
      for (const [i, { deep }] of predictions.entries()) cache.keep(roles[i]!.name, window, positions, deep);
      return predictions.map(({ noise }) => noise);
    }
    const kept = roles.map(({ name }) => cache.features(name, positions));
    const features = kept.filter((each) => each !== null);
    return features.length < roles.length ? unet.predict(input) : unet.predictShallow!(input, features);
  }
}

function rolesOf(parts: readonly (readonly WeightedEncoding[])[]): (Role & { weights: readonly number[] })[] {
  const count = largest(parts.map((frame) => frame.length));
  return Array.from({ length: count }, (_, part) => ({
    name: `part ${part}`,
    // A frame with fewer parts runs its first one again, at weight 0.
    contexts: parts.map((frame) => (frame[part] ?? frame[0]!).encoding),
    weights: parts.map((frame) => frame[part]?.weight ?? 0),
  }));
}

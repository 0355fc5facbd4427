import { TRAINING_STEPS } from '../../plan/samplers.ts';

/** The noise added at each training step. */
export interface BetaSchedule {
  /** `linear` with AnimateDiff's motion modules; `scaled_linear` for Stable Diffusion alone and SDXL's modules. */
  readonly kind: 'linear' | 'scaled_linear';
  /** Beta of the first and of the last training step. */
  readonly start: number;
  readonly end: number;
  /** Whether the last training step is noise alone. */
  readonly zeroTerminalSnr?: boolean;
}

/** sd-webui-animatediff switches to these betas while a motion module is loaded (motion_module.py). */
export const MOTION_BETAS: BetaSchedule = { kind: 'linear', start: 0.00085, end: 0.012 };
/** Stable Diffusion 1.5 without a motion module (v1-inference.yaml; LDM calls this schedule "linear"). */
export const SD15_BETAS: BetaSchedule = { kind: 'scaled_linear', start: 0.00085, end: 0.012 };

/** β of each training step, in float32 as diffusers computes them. */
export function trainingBetas({ kind, start, end }: BetaSchedule): Float32Array {
  return kind === 'linear'
    ? linspace32(start, end)
    : linspace32(Math.sqrt(start), Math.sqrt(end)).map((root) => root * root);
}

/** torch.linspace in float32: counted from the nearer end, with multiplication and addition rounded once. */
function linspace32(start: number, end: number): Float32Array {
  const step = Math.fround(Math.fround(Math.fround(end) - Math.fround(start)) / (TRAINING_STEPS - 1));
  return Float32Array.from({ length: TRAINING_STEPS }, (_, i) =>
    i < TRAINING_STEPS / 2 ? Math.fround(start) + step * i : Math.fround(end) - step * (TRAINING_STEPS - 1 - i),
  );
}

/** ᾱ of each training step: the remaining share of the clean image's variance. torch.cumprod accumulates in float64. */
export function alphasCumprod(betas: BetaSchedule): Float32Array {
  let product = 1;
  const alphas = trainingBetas(betas).map((beta) => {
    product *= Math.fround(1 - beta);
    return product;
  });
  return betas.zeroTerminalSnr ? withZeroTerminalSnr(alphas) : alphas;
}

/** What A1111 and ComfyUI use for 0, whose sigma would be infinite. */
const ALMOST_ZERO = 4.8973451890853435e-8;

/**
 * √ᾱ shifted and scaled so that the last one is 0 and the first one stays (Lin et al., arXiv 2305.08891, algorithm 1;
 * A1111, `rescale_zero_terminal_snr_abar`).
 */
function withZeroTerminalSnr(alphas: Float32Array): Float32Array {
  const roots = alphas.map(Math.sqrt);
  const [first, last] = [roots[0]!, roots[roots.length - 1]!];
  const scaled = roots.map((root) => (((root - last) * first) / (first - last)) ** 2);
  scaled[scaled.length - 1] = ALMOST_ZERO;
  return scaled;
}

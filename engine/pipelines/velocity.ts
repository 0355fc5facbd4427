/**
 * The noise in a sample x = α·x₀ + σ·ε, from the velocity v = α·ε − σ·x₀ that a v-prediction model predicts for it:
 * ε = α·v + σ·x, with α² + σ² = 1 (Salimans and Ho, arXiv 2202.00512, appendix D). Guidance is linear, so it can be
 * applied before.
 *
 * @param velocity of the sample's shape
 * @param sample scaled for the UNet
 * @param sigma σ ÷ α at the sample's timestep
 */
export function noiseOfVelocity(velocity: Float32Array, sample: Float32Array, sigma: number): Float32Array {
  const scale = 1 / Math.sqrt(1 + sigma * sigma);
  return velocity.map((v, i) => scale * (v + sigma * sample[i]!));
}

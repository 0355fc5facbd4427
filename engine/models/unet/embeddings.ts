/**
 * The sinusoidal embedding of timesteps: [cos(t·f), sin(t·f)], fᵢ = exp(−ln(10000)·i/(width/2)), in float32
 * (LDM, `timestep_embedding`).
 *
 * @returns `[timesteps, width]`
 */
export function timestepEmbedding(timesteps: readonly number[], width: number): Float32Array {
  const half = Math.floor(width / 2);
  const out = new Float32Array(timesteps.length * width);
  timesteps.forEach((timestep, row) => {
    for (let i = 0; i < half; i++) {
      const frequency = Math.fround(Math.exp(Math.fround(Math.fround(-Math.log(10000) * i) / half)));
      const angle = Math.fround(Math.fround(timestep) * frequency);
      out[row * width + i] = Math.cos(angle);
      out[row * width + half + i] = Math.sin(angle);
    }
  });
  return out;
}

/**
 * The sinusoidal embedding of guidance scales: [sin(w·f), cos(w·f)], w = 1000·(scale − 1), fᵢ = exp(−ln(10000)·i/(width/2 − 1))
 * (diffusers, `get_guidance_scale_embedding`).
 *
 * @returns `[scales, width]`
 */
export function guidanceEmbedding(scales: readonly number[], width: number): Float32Array {
  const half = Math.floor(width / 2);
  const out = new Float32Array(scales.length * width);
  scales.forEach((scale, row) => {
    for (let i = 0; i < half; i++) {
      const frequency = Math.fround(Math.exp(Math.fround(i * Math.fround(-Math.log(10000) / (half - 1)))));
      const angle = Math.fround(Math.fround((scale - 1) * 1000) * frequency);
      out[row * width + i] = Math.sin(angle);
      out[row * width + half + i] = Math.cos(angle);
    }
  });
  return out;
}

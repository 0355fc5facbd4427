/**
 * The quantile function of the beta distribution with both parameters `shape`, as `scipy.stats.beta.ppf`.
 *
 * @param probability in [0, 1]
 * @param shape > 0
 */
export function betaQuantile(probability: number, shape: number): number {
  if (probability === 0.5) return 0.5;
  // The distribution is symmetric, and its lower half is where a small quantile has all of its digits.
  if (probability > 0.5) return 1 - betaQuantile(1 - probability, shape);
  let [low, high] = [0, 0.5];
  for (let i = 0; i < 100 && low < high; i++) {
    const middle = (low + high) / 2;
    if (regularizedBeta(middle, shape) < probability) low = middle;
    else high = middle;
  }
  return high;
}

/** I_x(a, a) for x ≤ ½, by its power series: Abramowitz & Stegun 26.5.4, with B(a, a) from the value at ½. */
function regularizedBeta(x: number, shape: number): number {
  return (0.5 * incompleteBeta(x, shape)) / incompleteBeta(0.5, shape);
}

/** ∫₀ˣ tᵃ⁻¹(1 − t)ᵃ⁻¹ dt = xᵃ Σ (1 − a)ₙ xⁿ ÷ (n! (a + n)). */
function incompleteBeta(x: number, shape: number): number {
  let term = 1;
  let sum = 1 / shape;
  for (let n = 1; n < 200 && Math.abs(term) > 1e-18; n++) {
    term *= ((n - shape) * x) / n;
    sum += term / (shape + n);
  }
  return x ** shape * sum;
}

/** An estimate with its standard error, both on one scale. */
export interface Uncertain {
  readonly value: number;
  readonly standardError: number;
}

/**
 * Mean of several estimates weighed by 1/SE²; where they differ by more than that allows (χ² above its degrees of freedom), SE is
 * stretched by √(χ²/(k − 1)), the Birge ratio (Birge 1932; the scale factor of the Particle Data Group). Null for none.
 */
export function pooledEffect(estimates: readonly Uncertain[]): Uncertain | null {
  const known = estimates.filter(({ value, standardError }) => Number.isFinite(value) && standardError > 0);
  let weight = 0;
  let sum = 0;
  for (const { value, standardError } of known) {
    weight += standardError ** -2;
    sum += value * standardError ** -2;
  }
  if (!(weight > 0) || !Number.isFinite(weight)) return null;
  const mean = sum / weight;
  const chiSquare = known.reduce((all, { value, standardError }) => all + ((value - mean) / standardError) ** 2, 0);
  const birge = known.length < 2 ? 1 : Math.max(1, Math.sqrt(chiSquare / (known.length - 1)));
  return { value: mean, standardError: birge / Math.sqrt(weight) };
}

/** γ = (1 + α)/(1 − α): bucket i of a DDSketch covers (γ^(i−1), γ^i] (Masson, Rim & Lee 2019). */
export function sketchGamma(relativeAccuracy: number): number {
  return (1 + relativeAccuracy) / (1 - relativeAccuracy);
}

/** Bucket ⌈log_γ value⌉ of a positive value. */
export function sketchIndex(value: number, relativeAccuracy: number): number {
  return Math.ceil(Math.log(value) / Math.log(sketchGamma(relativeAccuracy)));
}

/** The value 2γ^i/(γ + 1) that is within the relative accuracy of everything in the bucket. */
export function sketchValue(index: number, relativeAccuracy: number): number {
  const gamma = sketchGamma(relativeAccuracy);
  return (2 * gamma ** index) / (gamma + 1);
}

export function sketchUpperBound(index: number, relativeAccuracy: number): number {
  return sketchGamma(relativeAccuracy) ** index;
}

import { seededRandom } from '../support/seeded-random.ts';

/** A stationary AR(1) series with innovations of variance 1: its standard deviation is 1/√(1 − ρ²). */
export function autoregressive(n: number, rho: number, seed: number): number[] {
  const random = seededRandom(seed * 7919 + n);
  let state = random.normal() / Math.sqrt(1 - rho * rho);
  return Array.from({ length: n }, () => {
    state = rho * state + random.normal();
    return state;
  });
}

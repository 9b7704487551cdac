/** Step-up adjustment min over j >= i of factor·m·p₍ⱼ₎/j; NaN p-values stay NaN and do not count in m. */
function stepUp(pValues: ArrayLike<number>, factorOf: (tests: number) => number): Float64Array {
  const adjusted = new Float64Array(pValues.length).fill(Number.NaN);
  const order: number[] = [];
  for (let i = 0; i < pValues.length; i++) if (!Number.isNaN(pValues[i]!)) order.push(i);
  order.sort((i, j) => pValues[i]! - pValues[j]!);
  const tests = order.length;
  const factor = factorOf(tests);
  let smallest = 1;
  for (let rank = tests; rank >= 1; rank--) {
    const index = order[rank - 1]!;
    const scaled = (pValues[index]! * tests * factor) / rank;
    // Rounding must not take an adjusted value below its p-value.
    smallest = Math.min(smallest, Math.max(scaled, pValues[index]!));
    adjusted[index] = smallest;
  }
  return adjusted;
}

/** False-discovery-rate adjusted p-values under positive dependence (Benjamini & Hochberg 1995). */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  return stepUp(pValues, () => 1);
}

/** The same under any dependence, larger by Σ1/i (Benjamini & Yekutieli 2001). */
export function benjaminiYekutieli(pValues: ArrayLike<number>): Float64Array {
  return stepUp(pValues, (tests) => {
    let harmonic = 0;
    for (let i = 1; i <= tests; i++) harmonic += 1 / i;
    return harmonic;
  });
}

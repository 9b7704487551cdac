import type { FlagEvaluationSeries } from '../../domain/cells.ts';

/**
 * The share of a process's evaluations of a flag that came out as the variant, by block, in [0, 1]: the dose of its traffic
 * there. Blocks without an evaluation are absent, since they say nothing. Without an instance: all of the service.
 */
export function evaluationDose(
  evaluations: readonly FlagEvaluationSeries[],
  service: string,
  instance: string | null,
  flag: string,
  variant: string,
): ReadonlyMap<number, number> {
  const met = new Map<number, number>();
  const all = new Map<number, number>();
  for (const series of evaluations) {
    if (series.service !== service || series.flag !== flag) continue;
    if (instance !== null && series.instance !== instance) continue;
    for (let row = 0; row < series.block.length; row++) {
      const block = series.block[row]!;
      all.set(block, (all.get(block) ?? 0) + series.count[row]!);
      if (series.variant === variant) met.set(block, (met.get(block) ?? 0) + series.count[row]!);
    }
  }
  return new Map([...all].sort(([a], [b]) => a - b).map(([block, count]) => [block, (met.get(block) ?? 0) / count]));
}

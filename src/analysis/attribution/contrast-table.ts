import type { ContrastTable } from '../../domain/report.ts';
import type { Finding } from '../comparing/comparing.ts';
import { type Estimate, isEstimate } from '../estimating/estimate.ts';
import type { Exposure } from '../exposure/exposure.ts';
import { BASELINE, NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import { placeByBlock } from '../sampling/placing.ts';
import { comparedStrata } from '../strata/stratum-weights.ts';

/** More kinds of traffic than this do not fit a table that a person checks. */
const MOST_ROWS = 12;

/**
 * The indicator with and without a change, in the blocks and among the traffic where both ran, the others being equal:
 * `post` is with it. Null where it cannot be estimated there.
 */
export function levelsBeside(
  finding: Finding,
  exposure: Exposure,
  others: readonly Exposure[],
  phases: Phases,
): Estimate | null {
  const strata = comparedStrata(finding.design.sample);
  const states = finding.subject.series.map(
    (_, index) => `${metBy(others, index).join('+')}/${strata === null ? '' : strata.ofSeries[index]}`,
  );
  const mixed = statesOnBothSides(finding, states, exposure, phases);
  return estimateBetween(finding, (index, block) => {
    if (!mixed.has(`${block}/${states[index]}`)) return NEITHER;
    return exposure.exposed[index] ? POST : BASELINE;
  });
}

function statesOnBothSides(
  { subject }: Finding,
  states: readonly string[],
  exposure: Exposure,
  phases: Phases,
): Set<string> {
  const sides = new Map<string, number>();
  subject.series.forEach((series, index) => {
    const side = exposure.exposed[index] ? 1 : 2;
    for (const block of series.block) {
      if (phaseOf(phases, block) !== POST) continue;
      const name = `${block}/${states[index]}`;
      sides.set(name, (sides.get(name) ?? 0) | side);
    }
  });
  return new Set([...sides].filter(([, seen]) => seen === 3).map(([name]) => name));
}

/**
 * The Mantel–Haenszel layout for people: one row for each set of changes that traffic met, in the blocks of post where at
 * least two such sets ran beside each other. Null where none did.
 */
export function contrastTable(finding: Finding, exposures: readonly Exposure[], phases: Phases): ContrastTable | null {
  const { series } = finding.subject;
  const met = series.map((_, index) => metBy(exposures, index));
  const names = met.map((ids) => ids.join('+'));
  const kindsIn = new Map<number, Set<string>>();
  series.forEach((one, index) => {
    for (const block of one.block) {
      if (phaseOf(phases, block) !== POST) continue;
      kindsIn.set(block, (kindsIn.get(block) ?? new Set()).add(names[index]!));
    }
  });
  const blocks = new Set([...kindsIn].filter(([, kinds]) => kinds.size > 1).map(([block]) => block));
  const rows = [...new Set(names)].sort().flatMap((name) => {
    const estimate = estimateBetween(finding, (index, block) => {
      if (!blocks.has(block)) return NEITHER;
      return names[index] === name ? POST : BASELINE;
    });
    if (estimate === null) return [];
    return [{ met: met[names.indexOf(name)]!, requests: estimate.requests[POST], value: estimate.post }];
  });
  if (rows.length < 2 || rows.length > MOST_ROWS) return null;
  const { service, endpoint, peer, indicator, unit } = finding.comparison;
  return { of: { service, endpoint, peer, indicator, unit }, blocks: blocks.size, rows };
}

function metBy(exposures: readonly Exposure[], index: number): string[] {
  return exposures.flatMap(({ change, exposed }) => (exposed[index] ? [change.id] : []));
}

function estimateBetween(finding: Finding, armAt: (seriesIndex: number, block: number) => -1 | 0 | 1): Estimate | null {
  const sample = placeByBlock(finding.subject.series, armAt);
  const { strata } = finding.design.sample;
  const result = finding.indicator.estimate({ ...sample, strata });
  return isEstimate(result) ? result : null;
}

import type { CellSeries } from '../../domain/cells.ts';
import type { Slice } from '../../domain/report.ts';
import { explanatoryPower, surprise } from '../../statistics/adtributor.ts';
import { benjaminiHochberg } from '../../statistics/benjamini-hochberg.ts';
import type { Finding } from '../comparing/comparing.ts';
import { effectOf, FALSE_DISCOVERY_RATE } from '../comparing/decision.ts';
import { isEstimate } from '../estimating/estimate.ts';
import { BASELINE, NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import { placeRows } from '../sampling/sample.ts';
import { responseWithinStrata } from '../strata/response-within-strata.ts';
import { compareText } from '../subjects.ts';
import { moveBeside } from './move-beside.ts';
import { type Tally, tallyValues, valueIn } from './tally.ts';

/** Slices a report shows of one comparison. */
const MOST_SLICES = 5;
/** An attribute with more values than this is an identifier, not a kind of traffic. */
const MOST_VALUES = 50;
/** What explains less is no place to look first (Bhagwan et al. 2014, T_EEP). */
const LEAST_POWER = 0.1;

interface Candidate {
  readonly attribute: string;
  readonly value: string;
  readonly traffic: number;
  readonly explains: number;
  readonly p: number;
  readonly isWorse: boolean;
}

/**
 * The values of attributes whose traffic got worse by more than the rest in the same blocks, those that explain most beyond
 * their share first; empty where the regression is everywhere alike. `exposure`: attributes that tell who met a change, which
 * attribution weighs.
 */
export function slicesOf(finding: Finding, exposure: ReadonlySet<string>, phases: Phases): Slice[] {
  const response = responseWithinStrata(finding.indicator, finding.design.sample);
  if (response === null || finding.estimate === null) return [];
  const { series } = finding.subject;
  const names = new Set(series.flatMap(({ key }) => [...key.attributes.keys()]));
  const attributes = [...names].filter((name) => !exposure.has(name)).sort(compareText);
  const all = ['service.instance.id', ...attributes].flatMap((attribute) => {
    const tally = tallyValues(series, attribute, response, phases);
    return tally.values.length < 2 || tally.values.length > MOST_VALUES ? [] : candidatesOf(attribute, tally, finding);
  });
  const candidates = withoutTwins(all, series);
  const adjusted = benjaminiHochberg(candidates.map(({ p }) => p));
  return candidates
    .map((one, i) => ({ one, q: adjusted[i]! }))
    .filter(({ one, q }) => q <= FALSE_DISCOVERY_RATE && one.isWorse && one.explains >= LEAST_POWER)
    .sort((a, b) => surpriseOf(b.one) - surpriseOf(a.one) || compareText(a.one.value, b.one.value))
    .slice(0, MOST_SLICES)
    .map(({ one, q }) => asSlice(one, q, finding, phases));
}

/** A region of one cluster, or of one instance, is the same traffic twice: it is tested and shown once, by its first name. */
function withoutTwins(candidates: readonly Candidate[], series: readonly CellSeries[]): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ attribute, value }) => {
    const own = series.flatMap(({ key }, index) => (valueIn(key, attribute) === value ? [index] : [])).join();
    return !seen.has(own) && seen.add(own);
  });
}

/** Explaining the whole of a move is no news of most of the traffic: each is expected to explain its share of it. */
function surpriseOf({ traffic, explains }: Candidate): number {
  return surprise(traffic, explains);
}

function candidatesOf(attribute: string, tally: Tally, finding: Finding): Candidate[] {
  const power = explanatoryPower({
    eventsBefore: tally.sums[BASELINE].numerators,
    totalsBefore: tally.sums[BASELINE].denominators,
    eventsAfter: tally.sums[POST].numerators,
    totalsAfter: tally.sums[POST].denominators,
  });
  const after = tally.sums[POST].denominators;
  const all = after.reduce((sum, one) => sum + one, 0);
  const worse = finding.indicator.better === 'higher' ? -1 : 1;
  return tally.values.flatMap((value, number) => {
    const move = moveBeside(tally, number, worse);
    const traffic = after[number]! / all;
    return move === null ? [] : [{ attribute, value, traffic, explains: power[number]!, ...move }];
  });
}

function asSlice(
  { attribute, value, traffic, explains }: Candidate,
  q: number,
  finding: Finding,
  phases: Phases,
): Slice {
  const { series } = finding.subject;
  const sample = placeRows(
    series,
    (index, block) => (valueIn(series[index]!.key, attribute) === value ? phaseOf(phases, block) : NEITHER),
    (_index, block) => block,
    true,
  );
  const result = finding.indicator.estimate({ ...sample, strata: null });
  const estimate = isEstimate(result) ? result : null;
  return {
    attribute,
    value,
    traffic,
    baseline: estimate?.baseline ?? null,
    post: estimate?.post ?? null,
    effect: estimate === null ? null : effectOf(estimate, finding.indicator.better),
    q,
    explains,
  };
}

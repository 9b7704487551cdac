import type { CellSeries } from '../../domain/cells.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { explanatoryPower, surprise } from '../../statistics/adtributor.ts';
import { benjaminiHochberg } from '../../statistics/benjamini-hochberg.ts';
import type { Finding } from '../comparing/comparing.ts';
import { BASELINE, type Phases, POST } from '../phases.ts';
import type { RowRatio } from '../sampling/sample.ts';
import { type MoveBeside, moveBeside } from './move-beside.ts';
import { type Tally, tallyValues, type ValueTally, valueIn } from './tally.ts';

/** An attribute with more values than this is an identifier, not a kind of traffic. */
const MOST_VALUES = 50;
/** What explains less is no place to look first (Bhagwan et al. 2014, T_EEP). */
const LEAST_POWER = 0.1;

/** One value of one attribute, held against the rest of the traffic. */
export interface SingleValue {
  readonly attribute: string;
  readonly value: string;
  readonly traffic: number;
  readonly explains: number;
  readonly beside: MoveBeside;
  /** Chance that it moved as the rest did, after false-discovery control over all of them. */
  readonly q: number;
}

/** +1 where a higher response is worse. */
export function worseSide({ indicator }: Finding): 1 | -1 {
  return indicator.better === 'higher' ? -1 : 1;
}

/** Every value of every attribute that ran beside the rest, the same traffic once. `exposure`: attributes that attribution weighs. */
export function singleValues(
  finding: Finding,
  response: RowRatio,
  exposure: ReadonlySet<string>,
  phases: Phases,
): SingleValue[] {
  const { series } = finding.subject;
  const all = attributesOf(series, exposure).flatMap((attribute) => {
    const tally = tallyValues(series, attribute, response, phases);
    const isKind = tally.values.length >= 2 && tally.values.length <= MOST_VALUES;
    return isKind ? valuesOf(attribute, tally, worseSide(finding)) : [];
  });
  const values = withoutTwins(all, series);
  const adjusted = benjaminiHochberg(values.map(({ beside }) => beside.p));
  return values.map((one, i) => ({ ...one, q: adjusted[i]! }));
}

function attributesOf(series: readonly CellSeries[], exposure: ReadonlySet<string>): string[] {
  const names = new Set(series.flatMap(({ key }) => [...key.attributes.keys()]));
  return ['service.instance.id', ...[...names].filter((name) => !exposure.has(name)).sort(compareTexts)];
}

/** A region of one cluster, or of one instance, is the same traffic twice: it is tested and shown once, by its first name. */
function withoutTwins<Value extends { readonly attribute: string; readonly value: string }>(
  values: readonly Value[],
  series: readonly CellSeries[],
): Value[] {
  const seen = new Set<string>();
  return values.filter(({ attribute, value }) => {
    const own = series.flatMap(({ key }, index) => (valueIn(key, attribute) === value ? [index] : [])).join();
    return !seen.has(own) && seen.add(own);
  });
}

/** Explaining the whole of a move is no news of most of the traffic: each is expected to explain its share of it. */
export function surpriseOf({ traffic, explains }: Pick<SingleValue, 'traffic' | 'explains'>): number {
  return surprise(traffic, explains);
}

function valuesOf(attribute: string, tally: ValueTally, worse: 1 | -1): Omit<SingleValue, 'q'>[] {
  const [traffic, power] = [trafficOf(tally), powerOf(tally)];
  return tally.values.flatMap((value, number) => {
    const beside = moveBeside(tally, number, worse);
    return beside === null ? [] : [{ attribute, value, traffic: traffic[number]!, explains: power[number]!, beside }];
  });
}

export function isWorthALook(explains: number): boolean {
  return explains >= LEAST_POWER;
}

export function powerOf({ sums }: Tally): Float64Array {
  return explanatoryPower({
    eventsBefore: sums[BASELINE].numerators,
    totalsBefore: sums[BASELINE].denominators,
    eventsAfter: sums[POST].numerators,
    totalsAfter: sums[POST].denominators,
  });
}

/** Shares of the requests of post. */
export function trafficOf({ sums }: Tally): Float64Array {
  const after = sums[POST].denominators;
  const all = after.reduce((sum, one) => sum + one, 0);
  return after.map((one) => one / all);
}

import type { CellSeries } from '../../domain/cells.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { benjaminiHochberg } from '../../statistics/benjamini-hochberg.ts';
import type { Finding } from '../comparing/comparing.ts';
import { FALSE_DISCOVERY_RATE } from '../comparing/decision.ts';
import type { Phases } from '../phases.ts';
import type { RowRatio } from '../sampling/sample.ts';
import { type MoveBeside, moveBeside, moveBeyond } from './move-beside.ts';
import { isWorthALook, powerOf, type SingleValue, surpriseOf, trafficOf, worseSide } from './single-values.ts';
import { tallyClasses, valueIn } from './tally.ts';

/** Single values under which pairs are looked for, those that explain most beyond their share. */
const MOST_PARENTS = 5;
/** Pairs that a report shows of one comparison. */
const MOST_PAIRS = 3;

type Named = Pick<SingleValue, 'attribute' | 'value'>;

/** Traffic that has two values at once. */
export interface Pair {
  readonly values: readonly [Named, Named];
  readonly traffic: number;
  readonly explains: number;
  readonly q: number;
}

interface Tested extends Omit<Pair, 'q'> {
  /** Numbers of the series it consists of. */
  readonly series: ReadonlySet<number>;
  readonly p: number;
}

/**
 * Pairs that got worse by more than either value did without the other, and than both add up to. A pair is a child of a value that was itself found worse
 * (hierarchical false-discovery control, Yekutieli 2008): where no value moved otherwise than the rest, nothing is tested.
 */
export function pairsOf(
  finding: Finding,
  singles: readonly SingleValue[],
  response: RowRatio,
  phases: Phases,
): { readonly tested: number; readonly found: readonly Pair[] } {
  const parents = singles
    .filter(({ q, beside }) => q <= FALSE_DISCOVERY_RATE && beside.isWorse)
    .sort((a, b) => surpriseOf(b) - surpriseOf(a))
    .slice(0, MOST_PARENTS);
  const seen = new Set<string>();
  const tested = parents.flatMap((parent) =>
    singles.flatMap((other) => {
      if (other.attribute === parent.attribute) return [];
      const pair = testPair([parent, other], finding, response, phases);
      const name = pair === null ? '' : [...pair.series].join();
      if (pair === null || seen.has(name)) return [];
      seen.add(name);
      return [pair];
    }),
  );
  const adjusted = benjaminiHochberg(tested.map(({ p }) => p));
  const found = tested
    .map((pair, i) => ({ ...pair, q: adjusted[i]! }))
    .filter(({ q, explains }) => q <= FALSE_DISCOVERY_RATE && isWorthALook(explains))
    .sort((a, b) => surpriseOf(b) - surpriseOf(a) || compareTexts(nameOf(a), nameOf(b)));
  return { tested: tested.length, found: withoutParts(found).slice(0, MOST_PAIRS) };
}

function nameOf({ values }: Tested): string {
  return JSON.stringify(values.map(({ attribute, value }) => [attribute, value]));
}

/** One instance of a region, with the same second value, is a part of what was said already. */
function withoutParts<One extends Tested>(ordered: readonly One[]): One[] {
  return ordered.filter(
    (one, rank) =>
      !ordered.slice(0, rank).some((earlier) => [...one.series].every((index) => earlier.series.has(index))),
  );
}

const [BOTH, FIRST, SECOND, NEITHER_OF_BOTH] = [0, 1, 2, 3];
const CLASSES = 4;

function classIn(key: CellSeries['key'], first: Named, second: Named): number | null {
  const values = [first, second].map(({ attribute }) => valueIn(key, attribute));
  if (values.includes(null)) return null;
  const [hasFirst, hasSecond] = [values[0] === first.value, values[1] === second.value];
  return hasFirst ? (hasSecond ? BOTH : FIRST) : hasSecond ? SECOND : NEITHER_OF_BOTH;
}

/**
 * Worse than the first value without the second, than the second without the first, and by more than the second is worse where
 * the first is not: all three have to hold, so that the largest p is the pair's (intersection–union, Berger 1982).
 */
function testPair(
  values: readonly [Named, Named],
  finding: Finding,
  response: RowRatio,
  phases: Phases,
): Tested | null {
  const classOf = finding.subject.series.map(({ key }) => classIn(key, ...values));
  const tally = tallyClasses(finding.subject.series, classOf, CLASSES, response, phases);
  const worse = worseSide(finding);
  const withinFirst = moveBeside(tally, BOTH, worse, [FIRST]);
  const withinSecond = moveBeside(tally, BOTH, worse, [SECOND]);
  const elsewhere = moveBeside(tally, SECOND, worse, [NEITHER_OF_BOTH]);
  if (withinFirst === null || withinSecond === null || elsewhere === null) return null;
  const together = moveBeyond(withinFirst, elsewhere);
  if (together === null) return null;
  const p = Math.max(...[withinFirst, withinSecond, together].map(oneSided));
  const series = new Set(classOf.flatMap((number, index) => (number === BOTH ? [index] : [])));
  return { values, series, traffic: trafficOf(tally)[BOTH]!, explains: powerOf(tally)[BOTH]!, p };
}

function oneSided({ p, isWorse }: MoveBeside): number {
  return isWorse ? p / 2 : 1 - p / 2;
}

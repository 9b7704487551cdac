import { at, attributes, fold, identity, MINUTE, T0 } from '../../ingest/folding/telemetry-fixture.ts';
import { type SeededRandom, seededRandom } from '../../support/seeded-random.ts';
import { exactly, type Figure, type HostileRow, type Trial, told } from '../row.ts';
import { RESET_CASES, type ResetCase, type ResetPoint } from './reset-cases.ts';

const SEED = 27;
const STREAMS_A_FOLD = 100;
const BOUNDS = [1];

interface Stream {
  readonly points: readonly ResetPoint[];
  /** What truly happened after the first point. */
  readonly increase: number;
}

/** By instance: what was counted in each minute. */
function countedOf(streams: readonly (readonly ResetPoint[])[]): Map<string, Map<number, number>> {
  const folded = fold((sink) => {
    for (const [index, points] of streams.entries()) {
      const resource = attributes({ 'service.name': 'resets', 'service.instance.id': `${index}` });
      const stream = sink.openStream(identity({ resource }));
      for (const [start, minute, count] of points) {
        const startMs = start === 'unknown' ? Number.NaN : at(start);
        sink.histogramPoint(stream, startMs, at(minute), count, Number.NaN, BOUNDS, [count, 0]);
      }
    }
  });
  return new Map(
    folded.cells.series.map(({ key, block, count }) => {
      const pairs = Array.from(block, (one, row) => [one - T0 / MINUTE, count[row]!] as const);
      return [key.instance!, new Map(pairs.filter(([, counted]) => counted !== 0))];
    }),
  );
}

function isAsByHand({ points, counted }: ResetCase): boolean {
  const found = countedOf([points]).get('0') ?? new Map<number, number>();
  const expected = Object.entries(counted);
  return found.size === expected.length && expected.every(([minute, count]) => found.get(Number(minute)) === count);
}

/** A counter that restarts now and then, and says when it started or never does. */
function randomStream(random: SeededRandom): Stream {
  const below = (most: number) => Math.floor(random.uniform() * most);
  const saysStart = random.uniform() < 0.5;
  let count = below(1000);
  let start = -10_000;
  let increase = 0;
  const points: ResetPoint[] = [];
  const length = 2 + below(14);
  for (let minute = 0; minute < length; minute++) {
    if (minute > 0) {
      const added = below(4) === 0 ? below(2000) : below(20);
      increase += added;
      if (random.uniform() < 0.2) {
        start = minute - 0.5;
        count = added;
      } else count += added;
    }
    points.push([saysStart ? start : 'unknown', minute, count]);
  }
  return { points, increase };
}

/** One point after the other: what falls, or has a new start, began at nothing. */
function totalByReference(points: readonly ResetPoint[]): number {
  return points.slice(1).reduce((total, [start, , count], index) => {
    const [startBefore, , before] = points[index]!;
    return total + (start === startBefore && count >= before ? count - before : count);
  }, 0);
}

async function run({ isSmall }: Trial): Promise<Figure[]> {
  const random = seededRandom(SEED);
  const all = isSmall ? 2_000 : 100_000;
  let [mismatches, negative, spikes] = [0, 0, 0];
  for (let done = 0; done < all; done += STREAMS_A_FOLD) {
    const streams = Array.from({ length: STREAMS_A_FOLD }, () => randomStream(random));
    const counted = countedOf(streams.map(({ points }) => points));
    for (const [index, { points, increase }] of streams.entries()) {
      const counts = [...(counted.get(`${index}`)?.values() ?? [])];
      const total = counts.reduce((a, b) => a + b, 0);
      if (total !== totalByReference(points)) mismatches++;
      if (counts.some((count) => count < 0)) negative++;
      if (total > increase) spikes++;
    }
  }
  const wrong = RESET_CASES.filter((one) => !isAsByHand(one)).map(({ name }) => name);
  return [
    told('cases by hand', RESET_CASES.length),
    exactly('cases that come out otherwise', wrong.join('; ') || 'none', 'none'),
    told('random streams', all),
    exactly('streams that differ from the reference', mismatches, 0),
    exactly('streams with an increase below zero', negative, 0),
    exactly('streams that rise by more than happened', spikes, 0),
  ];
}

export const resets: HostileRow = { number: 27, title: 'counters that start again', run };

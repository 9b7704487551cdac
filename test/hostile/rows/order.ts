import { createHash } from 'node:crypto';
import type { TelemetrySink } from '../../../src/domain/telemetry.ts';
import { at, attributes, BOUNDS, fold, identity, plain } from '../../ingest/folding/telemetry-fixture.ts';
import { type SeededRandom, seededRandom, shuffledBy } from '../../support/seeded-random.ts';
import { exactly, type Figure, type HostileRow, type Trial, told } from '../row.ts';
import { reportsInAnyOrder } from './order-of-requests.ts';

const SEED = 28;
const REPLICAS = 4;
const MINUTES = 20;

type Feed = (sink: TelemetrySink) => void;

/** Replicas that report in turns, one of which restarts; sums have fractions that do not add up alike in every order. */
function exports(random: SeededRandom): Feed[] {
  const feeds: Feed[] = [];
  for (let replica = 0; replica < REPLICAS; replica++) {
    const resource = attributes({ 'service.name': 'order', 'service.instance.id': `${replica}` });
    let counts = [0, 0, 0];
    for (let minute = 0; minute < MINUTES; minute++) {
      if (replica === 0 && minute === 9) counts = [0, 0, 0];
      counts = counts.map((count) => count + Math.floor(random.uniform() * 30));
      const now = counts;
      const startMs = replica === 0 && minute >= 9 ? at(8.5) : at(-900);
      const total = now.reduce((a, b) => a + b, 0);
      feeds.push((sink) => {
        const stream = sink.openStream(identity({ resource }));
        sink.histogramPoint(stream, startMs, at(minute) + replica, total, total * 0.1, BOUNDS, now);
      });
    }
  }
  return feeds;
}

function digestOf(feeds: readonly Feed[]): string {
  const { cells } = fold((sink) => {
    for (const feed of feeds) feed(sink);
  });
  return createHash('sha256')
    .update(JSON.stringify(plain(cells)))
    .digest('hex');
}

async function run({ isSmall, folder }: Trial): Promise<Figure[]> {
  const random = seededRandom(SEED);
  const orders = isSmall ? 50 : 1000;
  let [differing, differingTwice, differingLate] = [0, 0, 0];
  for (let i = 0; i < orders; i++) {
    const feeds = exports(random);
    const expected = digestOf(feeds);
    const mixed = shuffledBy(random, feeds);
    const again = feeds.filter(() => random.uniform() < 0.3);
    const late = Math.floor(random.uniform() * feeds.length);
    if (digestOf(mixed) !== expected) differing++;
    if (digestOf(shuffledBy(random, [...feeds, ...again])) !== expected) differingTwice++;
    if (digestOf([...feeds.slice(0, late), ...feeds.slice(late + 1), feeds[late]!]) !== expected) differingLate++;
  }
  const reports = isSmall ? 1 : 10;
  const { requests, differing: differingReports } = await reportsInAnyOrder(folder, random, reports);
  return [
    told('runs, each in three ways', orders),
    exactly('cells that differ when points are shuffled', differing, 0),
    exactly('cells that differ when points come twice', differingTwice, 0),
    exactly('cells that differ when a point comes last', differingLate, 0),
    told('orders of the requests of the example, a tenth of them twice', reports),
    told('requests in each, at least', requests),
    exactly('reports that differ in a byte', differingReports, 0),
  ];
}

export const order: HostileRow = {
  number: 28,
  title: 'points and requests out of order, late and twice (to the byte of cells and reports)',
  run,
};

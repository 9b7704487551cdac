import type { CellSeries } from '../../../src/domain/cells.ts';
import type { ReadingKind } from '../../../src/domain/report.ts';
import { seededChance } from '../chance.ts';
import { NOTHING, type TrueEffect, truthOf } from './effect.ts';
import { drawEndpoint, FIRST_BLOCK, FLEET, type Fleet } from './fleet.ts';
import { byEndpoint, fleetTimes, simulatedReport } from './simulated-report.ts';
import type { Scenario, Simulation } from './simulation.ts';
import type { Tally } from './tally.ts';

const ENDPOINTS = 10;
const LOOKS = 20;
const MOVED: TrueEffect = { latency: 1.15, errors: 1.6, retries: 1.4 };
const fleet: Fleet = { ...FLEET, baselineBlocks: 240, postBlocks: 240 };

/** A report made again twenty times while post fills: how often an interval misses the truth at any of the looks. */
export const live: Simulation = {
  name: 'live',
  scenarios: [lookedAt('live'), lookedAt('final')],
};

function lookedAt(reading: ReadingKind): Scenario {
  return {
    name: `read as ${reading}`,
    parts: { full: 8, quick: 1 },
    run(seed) {
      const chance = seededChance(seed);
      const effects = new Map(
        Array.from({ length: ENDPOINTS }, (_, i): [string, TrueEffect] => [`GET /${i}`, i % 2 === 0 ? NOTHING : MOVED]),
      );
      const series = [...effects].flatMap(([endpoint, effect]) => drawEndpoint(fleet, endpoint, effect, chance));
      const missed = new Map<string, boolean>();
      for (let look = 1; look <= LOOKS; look++) {
        for (const [name, misses] of missesAt(series, effects, look / LOOKS, reading)) {
          missed.set(name, misses || missed.get(name) === true);
        }
      }
      return talliesOf(reading, missed);
    },
  };
}

/** By endpoint and indicator: does the interval miss the truth when that share of post has come in? */
function missesAt(
  series: readonly CellSeries[],
  effects: ReadonlyMap<string, TrueEffect>,
  share: number,
  reading: ReadingKind,
): Map<string, boolean> {
  const end = FIRST_BLOCK + fleet.baselineBlocks + Math.round(share * fleet.postBlocks);
  const seen = series.map((one) => until(one, end)).filter(({ block }) => block.length > 0);
  const misses = new Map<string, boolean>();
  const report = simulatedReport(seen, fleetTimes(fleet), { reading, lastMs: end * 60_000 });
  for (const [endpoint, comparisons] of byEndpoint(report)) {
    for (const { indicator, effect } of comparisons) {
      if (effect === null) continue;
      const truth = truthOf(indicator, effect.kind, effects.get(endpoint)!);
      if (truth === null) continue;
      misses.set(`${endpoint}/${indicator}`, !(effect.low <= truth && truth <= effect.high));
    }
  }
  return misses;
}

/** One tally an endpoint, since its indicators share their traffic. */
function talliesOf(reading: ReadingKind, missed: ReadonlyMap<string, boolean>): Tally[] {
  const byPlace = new Map<string, Tally>();
  for (const [name, misses] of missed) {
    const place = name.slice(0, name.lastIndexOf('/'));
    const { hits, trials } = byPlace.get(place) ?? { hits: 0, trials: 0 };
    const figure = `intervals that miss at any of ${LOOKS} looks, read as ${reading}`;
    byPlace.set(place, { figure, hits: hits + (misses ? 1 : 0), trials: trials + 1 });
  }
  return [...byPlace.values()];
}

/** The rows before a block; nothing is copied. */
function until(series: CellSeries, end: number): CellSeries {
  const found = series.block.findIndex((block) => block >= end);
  const rows = found < 0 ? series.block.length : found;
  const cut = (column: Float64Array | null): Float64Array | null => column?.subarray(0, rows) ?? null;
  const { histogram } = series;
  return {
    ...series,
    block: series.block.subarray(0, rows),
    count: series.count.subarray(0, rows),
    sum: cut(series.sum),
    errors: cut(series.errors),
    attempts: cut(series.attempts),
    retries: cut(series.retries),
    histogram: histogram && {
      ...histogram,
      layoutOfRow: histogram.layoutOfRow.subarray(0, rows),
      firstCount: histogram.firstCount.subarray(0, rows + 1),
      offsetOfRow: histogram.offsetOfRow.subarray(0, rows),
    },
  };
}

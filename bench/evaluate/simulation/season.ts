import type { CellSeries } from '../../../src/domain/cells.ts';
import type { Chance } from '../chance.ts';
import { BASE_ERROR_SHARE, BASE_RETRY_SHARE, type TrueEffect } from './effect.ts';
import { SERVICE } from './fleet.ts';
import type { Times } from './simulated-report.ts';
import { type BlockTraffic, drawSeries } from './traffic.ts';

/** Five weeks of history in blocks of ten minutes, then the first working hours of a Monday. */
const RESOLUTION_MS = 600_000;
const BLOCKS_A_DAY = 144;
const BASELINE_BLOCKS = 5 * 7 * BLOCKS_A_DAY;
const POST_BLOCKS = 24;
const MONDAY_9_MS = Date.UTC(2026, 10, 16, 9);

const MEAN_REQUESTS = 80;
const SPREAD = 0.6;
const SCALE = 5;
const AUTOCORRELATION = 0.3;
const BLOCK_SPREAD = 0.03;

export function seasonTimes(): Times {
  const startMs = MONDAY_9_MS;
  return {
    baseline: { startMs: startMs - BASELINE_BLOCKS * RESOLUTION_MS, endMs: startMs },
    post: { startMs, endMs: startMs + POST_BLOCKS * RESOLUTION_MS },
    resolutionMs: RESOLUTION_MS,
  };
}

/** Days and weeks in traffic, latency and errors; `sign` -1 turns the working day into the quick part of the week. */
export function drawSeasonalEndpoint(endpoint: string, effect: TrueEffect, chance: Chance, sign = 1): CellSeries {
  const first = MONDAY_9_MS / RESOLUTION_MS - BASELINE_BLOCKS;
  const blocks: BlockTraffic[] = [];
  let shock = chance.normal();
  for (let i = 0; i < BASELINE_BLOCKS + POST_BLOCKS; i++) {
    shock = AUTOCORRELATION * shock + Math.sqrt(1 - AUTOCORRELATION ** 2) * chance.normal();
    const season = seasonAt(first + i);
    const after = i >= BASELINE_BLOCKS;
    const shares = Math.exp(2 * sign * season.strain + 2 * BLOCK_SPREAD * shock);
    blocks.push({
      block: first + i,
      requests: MEAN_REQUESTS * season.traffic,
      logMedianSeconds: Math.log(0.05 * (after ? effect.latency : 1)) + sign * season.strain + BLOCK_SPREAD * shock,
      errorShare: BASE_ERROR_SHARE * shares * (after ? effect.errors : 1),
      retryShare: BASE_RETRY_SHARE * shares * (after ? effect.retries : 1),
    });
  }
  const key = {
    service: SERVICE,
    endpoint,
    peer: null,
    instance: null,
    version: null,
    attributes: new Map(),
    source: 'metrics',
  } as const;
  return drawSeries(key, blocks, { spread: SPREAD, scale: SCALE }, chance);
}

/** Busy by day, quiet at the weekend, and a rush of its own on Monday morning. */
function seasonAt(block: number): { traffic: number; strain: number } {
  const hours = (block * RESOLUTION_MS) / 3_600_000;
  const hourOfDay = hours % 24;
  // 1970-01-01 was a Thursday.
  const dayOfWeek = Math.floor(hours / 24 + 4) % 7;
  const weekend = dayOfWeek === 0 || dayOfWeek === 6;
  const day = Math.sin((Math.PI * 2 * (hourOfDay - 8)) / 24);
  const rush = dayOfWeek === 1 && hourOfDay >= 8 && hourOfDay < 13 ? 1 : 0;
  return {
    traffic: (1 + 0.6 * day) * (weekend ? 0.5 : 1) * (1 + 0.3 * rush),
    strain: (weekend ? 0.06 : 0.12) * day + 0.08 * rush,
  };
}

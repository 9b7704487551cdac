import type { Comparison } from '../../../src/domain/report.ts';
import { normalQuantile } from '../../../src/statistics/normal.ts';
import { seededChance } from '../chance.ts';
import { BASE_ERROR_SHARE, BASE_RETRY_SHARE, NOTHING, type TrueEffect } from './effect.ts';
import { drawEndpoint, type Fleet } from './fleet.ts';
import { fleetTimes, simulatedReport } from './simulated-report.ts';

export const TARGETS = ['latency.p50', 'latency.p99', 'error_ratio', 'retry_ratio'] as const;
export type Target = (typeof TARGETS)[number];

/** One-sided 5 % and 80 % power: the rates of published tables of detectable effects. */
const REACH = normalQuantile(0.95) + normalQuantile(0.8);
const ENDPOINTS = 40;
const SEED = 7_340_033;

/**
 * Smallest effect each indicator can show in this world: margin + (z.95 + z.80) times the spread of the estimates of quiet
 * endpoints. Measured, so that it owes nothing to the intervals under test. Relative for latency, absolute for shares.
 */
export function detectableEffects(fleet: Fleet): ReadonlyMap<Target, number> {
  const key = JSON.stringify(fleet);
  const known = measured.get(key);
  if (known !== undefined) return known;
  const effects = measure(fleet);
  measured.set(key, effects);
  return effects;
}

/** Parts of one scenario share a worker's measurements. */
const measured = new Map<string, ReadonlyMap<Target, number>>();

function measure(fleet: Fleet): ReadonlyMap<Target, number> {
  const chance = seededChance(SEED);
  const series = Array.from({ length: ENDPOINTS }, (_, i) => drawEndpoint(fleet, `GET /${i}`, NOTHING, chance)).flat();
  const { comparisons } = simulatedReport(series, fleetTimes(fleet));
  return new Map(TARGETS.map((target) => [target, detectable(comparisons, target)]));
}

function detectable(comparisons: readonly Comparison[], target: Target): number {
  const effects = comparisons.flatMap(({ indicator, effect }) => (indicator === target && effect ? [effect] : []));
  const mean = effects.reduce((sum, { estimate }) => sum + estimate, 0) / effects.length;
  const variance = effects.reduce((sum, { estimate }) => sum + (estimate - mean) ** 2, 0) / (effects.length - 1);
  const margin = effects.reduce((sum, effect) => sum + effect.margin, 0) / effects.length;
  return margin + REACH * Math.sqrt(variance);
}

/** An upgrade that moves one indicator by so much and leaves the unrelated ones alone. */
export function effectOn(target: Target, size: number): TrueEffect {
  if (target === 'error_ratio') return { ...NOTHING, errors: 1 + size / BASE_ERROR_SHARE };
  if (target === 'retry_ratio') return { ...NOTHING, retries: 1 + size / BASE_RETRY_SHARE };
  return { ...NOTHING, latency: 1 + size };
}

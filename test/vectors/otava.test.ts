import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cusumOnset } from '../../src/statistics/onset.ts';

const FILE = resolve(import.meta.dirname, '../../../shared/vectors/changepoint-small/otava/tigerbeetle.json');
const present = existsSync(FILE);
if (!present)
  console.warn('SKIPPED: ../shared/vectors/changepoint-small/otava is absent, so onsets were not checked against it');
const series = present ? (JSON.parse(readFileSync(FILE, 'utf8')) as { series: number[] }).series : [];

/**
 * Documented changes of level at 16, 71 and 97, an outlier at 10; each stretch holds one of the changes. The one at 16 is
 * located but not claimed: it lies five points from the edge of its stretch, where a cumulative sum has little power.
 */
const STRETCHES = [
  { from: 11, to: 71, change: 16, isClaimed: false },
  { from: 16, to: 97, change: 71, isClaimed: true },
];

describe('the benchmark series that Otava documents', () => {
  it.skipIf(!present).each(STRETCHES)(
    'has its onset at $change between $from and $to',
    ({ from, to, change, isClaimed }) => {
      const onset = cusumOnset(series.slice(from, to));
      expect((onset?.p ?? 1) < 0.05).toBe(isClaimed);
      expect(Math.abs((onset?.index ?? Number.NaN) + from - change)).toBeLessThanOrEqual(1);
      expect((onset?.low ?? Number.NaN) + from).toBeLessThanOrEqual(change);
      expect((onset?.high ?? Number.NaN) + from).toBeGreaterThanOrEqual(change);
    },
  );
});

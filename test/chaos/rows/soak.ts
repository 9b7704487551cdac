import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { diskBytesOf } from '../../../bench/load/disk-use.ts';
import { usageOf } from '../../../bench/load/process-tree.ts';
import { slopeOf } from '../soak/slope.ts';
import type { SoakMessage, SoakOrder } from '../soak/soak-order.ts';
import { startService } from '../trial.ts';
import type { ChaosRow } from './row.ts';

const SCRIPT = resolve(import.meta.dirname, '../soak/soak-process.ts');
const DAY_HOURS = 24;
/** A share of the data's time in which caches fill and every instance has come once. */
const WARM_SHARE = 0.25;
const SLOPE_AT_MOST_MB = 1;
const RATE_DRIFT_AT_MOST = 0.1;

interface Sample {
  readonly dataHours: number;
  readonly megabytes: number;
  readonly p99Ms: number;
}

export const soak: ChaosRow = {
  name: 'soak',
  bar: `a day of data (a point a minute, instances that come and go) in minutes: memory grows by less than ${SLOPE_AT_MOST_MB} MB an hour of data`,
  run: async ({ target, isShort, folder }) => {
    const service = await startService(target, folder);
    const samples: Sample[] = [];
    try {
      const order: SoakOrder = {
        url: `${service.url}/v1/metrics`,
        hours: isShort ? 4 : 2 * DAY_HOURS,
        clients: 8,
        instances: 4,
        endpoints: 25,
        instanceLifeMinutes: 120,
        paceMs: isShort ? 20 : 100,
      };
      const child = fork(SCRIPT, [JSON.stringify(order)], { execArgv: ['--import', 'tsx'] });
      let points = 0;
      child.on('message', (message) => {
        const told = message as SoakMessage;
        points = told.points;
        const megabytes = usageOf(service.process.pid).residentBytes / 1e6;
        samples.push({ dataHours: told.dataHours, megabytes, p99Ms: told.p99Ms });
      });
      const [status] = (await once(child, 'exit')) as [number | null];
      if (status !== 0) throw new Error(`the soak ended with ${status}`);
      return resultOf(samples, points, diskBytesOf(join(folder, 'data')));
    } finally {
      await service.process.kill();
      rmSync(join(folder, 'data'), { recursive: true, force: true });
    }
  },
};

function resultOf(samples: readonly Sample[], points: number, diskBytes: number) {
  const last = samples.at(-1)!.dataHours;
  const settled = samples.filter(({ dataHours }) => dataHours >= WARM_SHARE * last);
  const { slope, error } = slopeOf(
    settled.map(({ dataHours }) => dataHours),
    settled.map(({ megabytes }) => megabytes),
  );
  const [early, late] = [settled[0]!.p99Ms, settled.at(-1)!.p99Ms];
  const figures = {
    'hours of data': Math.round(last),
    points,
    'RSS slope MB an hour of data': slope.toFixed(2),
    'its standard error': error.toFixed(2),
    'RSS MB at the start of it': Math.round(settled[0]!.megabytes),
    'RSS MB at the end': Math.round(settled.at(-1)!.megabytes),
    'peak RSS MB': Math.round(Math.max(...samples.map(({ megabytes }) => megabytes))),
    'answer p99 ms, first and last': `${early.toFixed(0)} and ${late.toFixed(0)}`,
    'bytes on disk a point': (diskBytes / points).toFixed(1),
  };
  const misses = [
    ...(slope - 2 * error > SLOPE_AT_MOST_MB ? [`memory grows by ${slope.toFixed(2)} MB an hour of data`] : []),
    ...(late > (1 + RATE_DRIFT_AT_MOST) * early
      ? [`p99 drifted from ${early.toFixed(0)} to ${late.toFixed(0)} ms`]
      : []),
  ];
  return { figures, misses, skipped: null };
}

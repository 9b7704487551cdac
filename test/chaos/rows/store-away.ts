import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NetworkState, StoreNetwork } from '../faults/store-network.ts';
import { runTrial } from '../trial.ts';
import { type ChaosRow, ledgerFigures, ledgerMisses, type RowContext, type RowResult } from './row.ts';

/** Between two faults. */
const SOUND_MS = 2000;
const RESUME_MS = 10_000;

export const storeDown: ChaosRow = {
  name: 'store down',
  bar: 'the store behind the network is gone for a while: 503 with Retry-After, writes again within 10 s, lost 0, doubled 0',
  run: (context) => runNetwork(context, { kind: 'down' }, context.isShort ? 7000 : 60_000),
};

export const storeSlow: ChaosRow = {
  name: 'store slow',
  bar: 'every answer of the store takes a second longer: lost 0, doubled 0',
  run: (context) => runNetwork(context, { kind: 'slow', delayMs: 1000 }, context.isShort ? 5000 : 30_000),
};

export const storeDeaf: ChaosRow = {
  name: 'store answers lost',
  bar: 'the store carries out what it is told and every second answer is lost: doubled 0, lost 0',
  run: (context) => runNetwork(context, { kind: 'deaf' }, context.isShort ? 5000 : 30_000),
};

async function runNetwork(
  { target, isShort, folder }: RowContext,
  fault: NetworkState,
  faultMs: number,
): Promise<RowResult> {
  const times = isShort ? 1 : 3;
  const resumesMs: number[] = [];
  const network = new StoreNetwork(join(folder, 'store'));
  const clickhouseUrl = await network.start();
  try {
    const outcome = await runTrial({
      target,
      folder,
      clickhouseUrl,
      disturb: async ({ load }) => {
        for (let time = 0; time < times; time++) {
          await sleep(SOUND_MS);
          network.state = fault;
          await sleep(faultMs);
          network.state = { kind: 'sound' };
          resumesMs.push((await load.untilAcknowledged(1, 6 * RESUME_MS)) ?? Number.POSITIVE_INFINITY);
        }
      },
    });
    const slowest = Math.round(Math.max(...resumesMs));
    const { p99Ms } = outcome.load;
    return {
      figures: {
        times,
        ...ledgerFigures(outcome),
        'answer p99 ms': Math.round(p99Ms),
        'writes again after ms, at most': slowest,
      },
      misses: ledgerMisses(outcome),
      late: slowest > RESUME_MS ? [`writes came back after ${slowest} ms`] : [],
      skipped: null,
    };
  } finally {
    await network.stop();
  }
}

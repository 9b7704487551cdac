import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MountedDisk, missingDisk } from '../faults/mounted-disk.ts';
import { runTrial, type Trial } from '../trial.ts';
import { type ChaosRow, ledgerFigures, ledgerMisses, skipped } from './row.ts';

const DISK_MEGABYTES = 512;
const FULL_MS = 8000;
const RESUME_MS = 10_000;

export const diskFull: ChaosRow = {
  name: 'disk full',
  bar: 'no space for 8 s under load: 503 with Retry-After, reads go on, no restart, writes again within 10 s, lost 0',
  run: async ({ target, isShort, folder }) => {
    const missing = missingDisk();
    if (missing !== null) return skipped(missing);
    const disk = new MountedDisk(folder, DISK_MEGABYTES);
    const seen: Seen = { readsServed: 0, reads: 0, resumeMs: [], ended: false };
    const repetitions = isShort ? 1 : 3;
    try {
      const outcome = await runTrial({
        target,
        folder: disk.path,
        ledgerFolder: folder,
        disturb: async (trial) => {
          for (let repetition = 0; repetition < repetitions; repetition++) await fillOnce(trial, disk, seen);
          seen.ended = trial.service.ended;
        },
      });
      const slowest = Math.round(Math.max(...seen.resumeMs));
      return {
        figures: {
          'times full': repetitions,
          ...ledgerFigures(outcome),
          'reads served while full': `${seen.readsServed}/${seen.reads}`,
          'writes again after ms, at most': slowest,
        },
        misses: [
          ...ledgerMisses(outcome),
          ...(seen.ended ? ['the service ended'] : []),
          ...(seen.readsServed < seen.reads ? ['reads failed while the disk was full'] : []),
          ...(outcome.load.shed === 0 ? ['the disk never filled: nothing was refused'] : []),
        ],
        late: slowest > RESUME_MS ? [`writes came back after ${slowest} ms`] : [],
        skipped: null,
      };
    } finally {
      await disk.remove();
    }
  },
};

interface Seen {
  readsServed: number;
  reads: number;
  readonly resumeMs: number[];
  ended: boolean;
}

async function fillOnce(trial: Trial, disk: MountedDisk, seen: Seen): Promise<void> {
  await sleep(1500);
  const ballast = disk.fill();
  const until = performance.now() + FULL_MS;
  while (performance.now() < until) {
    seen.reads++;
    if (await readsCells(trial.url)) seen.readsServed++;
    await sleep(1000);
  }
  rmSync(ballast);
  seen.resumeMs.push((await trial.load.untilAcknowledged(1, 6 * RESUME_MS)) ?? Number.POSITIVE_INFINITY);
}

async function readsCells(url: string): Promise<boolean> {
  const to = new Date().toISOString();
  const from = new Date(Date.now() - 3600_000).toISOString();
  const query = new URLSearchParams({ service: 'none', from, to });
  const answer = await fetch(`${url}/api/v1/cells?${query}`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
  await answer?.arrayBuffer();
  return answer?.ok ?? false;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { watchMemory } from '../../../bench/load/process-tree.ts';
import { MountedDisk, missingDisk } from '../faults/mounted-disk.ts';
import { missingTracer, type SyncFault, tamperSyncs } from '../faults/slow-sync.ts';
import { runTrial } from '../trial.ts';
import { type ChaosRow, ledgerFigures, ledgerMisses, type RowContext, type RowResult, skipped } from './row.ts';

const DELAY_MS = 300;
const DISK_MEGABYTES = 1024;

export const slowDisk: ChaosRow = {
  name: 'slow disk',
  bar: `every sync takes ${DELAY_MS} ms longer: lost 0, doubled 0; what an answer takes and memory are told`,
  run: (context) => runTampered(context, { delayMs: DELAY_MS }),
};

export const failingDisk: ChaosRow = {
  name: 'failing disk',
  bar: 'every sync fails with EIO, then the power goes: nothing was acknowledged that was not synced, lost 0, doubled 0',
  run: async (context) => {
    const missing = missingDisk();
    if (missing !== null) return skipped(missing);
    const disk = new MountedDisk(context.folder, DISK_MEGABYTES);
    try {
      return await runTampered(context, { error: 'EIO' }, disk);
    } finally {
      await disk.remove();
    }
  },
};

async function runTampered(
  { target, isShort, folder }: RowContext,
  fault: SyncFault,
  disk: MountedDisk | null = null,
): Promise<RowResult> {
  const missing = missingTracer();
  if (missing !== null) return skipped(missing);
  let peakBytes = 0;
  const tamperedMs = isShort ? 5000 : 30_000;
  const outcome = await runTrial({
    target,
    folder: disk?.path ?? folder,
    ledgerFolder: folder,
    load: { timeoutMs: 20_000 },
    disturb: async (trial) => {
      await sleep(1000);
      const memory = watchMemory(trial.service.pid);
      const tampering = await tamperSyncs(trial.service.pid, fault);
      await sleep(tamperedMs);
      if (disk !== null) disk.cutPower();
      await tampering.stop();
      peakBytes = memory.stop();
      if (disk === null) return;
      await trial.service.kill();
      await disk.unmount();
      disk.mount();
      await trial.start();
    },
  });
  const { p50Ms, p99Ms } = outcome.load;
  return {
    figures: {
      ...ledgerFigures(outcome),
      'answer p50 ms': Math.round(p50Ms),
      'answer p99 ms': Math.round(p99Ms),
      'peak RSS MB': Math.round(peakBytes / 1e6),
    },
    misses: ledgerMisses(outcome),
    skipped: null,
  };
}

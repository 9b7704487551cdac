import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { areSourcesRemoved } from '../faults/engine-parts.ts';
import { MountedDisk, missingDisk, proveCut } from '../faults/mounted-disk.ts';
import { runTrial, type Trial } from '../trial.ts';
import {
  type ChaosRow,
  ledgerFigures,
  ledgerMisses,
  type RowContext,
  type RowResult,
  skipped,
  spreadFigures,
} from './row.ts';

const DISK_MEGABYTES = 1024;
const LOADED_REQUESTS = 300;
const LOADED_MS = 60_000;

const REMOVED_MS = 240_000;
const LOOK_MS = 250;

export const powerCut: ChaosRow = {
  name: 'power cut',
  bar: 'the file system drops what was not synced, at a random moment under load: lost 0, doubled 0, opens again',
  run: (context) =>
    runCuts(context, context.isShort ? 2 : 12, async (_, cut) => {
      await sleep(1000 + 1500 * context.random());
      cut();
    }),
};

export const powerCutAtRest: ChaosRow = {
  name: 'power cut at rest',
  bar: 'the same once what had come was merged and its sources removed: lost 0, doubled 0, opens again',
  run: (context) =>
    runCuts(context, context.isShort ? 1 : 5, async ({ folder, load }, cut) => {
      await load.untilAcknowledged(LOADED_REQUESTS, LOADED_MS);
      load.pause();
      await untilSourcesRemoved(join(folder, 'data/telemetry/engine'));
      // Any program's sync makes the removal last, and not what the kernel has yet to write of other files.
      writeFileSync(join(folder, 'synced'), '', { flush: true });
      cut();
      load.resume();
    }),
};

async function untilSourcesRemoved(engineFolder: string): Promise<void> {
  const until = performance.now() + REMOVED_MS;
  while (!areSourcesRemoved(engineFolder)) {
    if (performance.now() > until) throw new Error('the engine merged nothing, or kept what it merged');
    await sleep(LOOK_MS);
  }
}

async function runCuts(
  { target, folder }: RowContext,
  cuts: number,
  untilCut: (trial: Trial, cut: () => void) => Promise<void>,
): Promise<RowResult> {
  const missing = missingDisk();
  if (missing !== null) return skipped(missing);
  if (!(await proveCut(folder))) return skipped('a cut does not drop unsynced bytes on this kernel');
  const disk = new MountedDisk(folder, DISK_MEGABYTES);
  try {
    const outcome = await runTrial({
      target,
      folder: disk.path,
      ledgerFolder: folder,
      disturb: async (trial) => {
        for (let index = 0; index < cuts; index++) {
          await untilCut(trial, () => disk.cutPower());
          await trial.service.kill();
          await disk.unmount();
          disk.mount();
          await trial.start();
        }
      },
    });
    const restarts = outcome.startsMs.slice(1);
    return {
      figures: { cuts, ...ledgerFigures(outcome), ...spreadFigures('recovery', restarts) },
      misses: ledgerMisses(outcome),
      skipped: null,
    };
  } finally {
    await disk.remove();
  }
}

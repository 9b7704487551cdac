import { setTimeout as sleep } from 'node:timers/promises';
import { MountedDisk, missingDisk, proveCut } from '../faults/mounted-disk.ts';
import { runTrial } from '../trial.ts';
import { type ChaosRow, ledgerFigures, ledgerMisses, skipped, spreadFigures } from './row.ts';

const DISK_MEGABYTES = 1024;

export const powerCut: ChaosRow = {
  name: 'power cut',
  bar: 'the file system drops what was not synced, at a random moment under load: lost 0, doubled 0, opens again',
  run: async ({ target, isShort, folder, random }) => {
    const missing = missingDisk();
    if (missing !== null) return skipped(missing);
    if (!(await proveCut(folder))) return skipped('a cut does not drop unsynced bytes on this kernel');
    const cuts = isShort ? 2 : 12;
    const disk = new MountedDisk(folder, DISK_MEGABYTES);
    try {
      const outcome = await runTrial({
        target,
        folder: disk.path,
        ledgerFolder: folder,
        disturb: async (trial) => {
          for (let cut = 0; cut < cuts; cut++) {
            await sleep(1000 + 1500 * random());
            disk.cutPower();
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
  },
};

import { setTimeout as sleep } from 'node:timers/promises';
import { runTrial } from '../trial.ts';
import { type ChaosRow, ledgerFigures, ledgerMisses, spreadFigures } from './row.ts';

const DRAIN_MS = 10_000;
/** Late is told apart from killed, which is a miss on any machine. */
const KILLED_MS = 6 * DRAIN_MS;

export const terminated: ChaosRow = {
  name: 'terminated',
  bar: 'SIGTERM under load: status 0 within 10 s, lost 0, doubled 0',
  run: async ({ target, isShort, folder }) => {
    const times = isShort ? 1 : 20;
    const stopsMs: number[] = [];
    const statuses: (number | null)[] = [];
    const outcome = await runTrial({
      target,
      folder,
      disturb: async (trial) => {
        for (let time = 0; time < times; time++) {
          await sleep(1000);
          const { milliseconds, status } = await trial.service.stop(KILLED_MS);
          stopsMs.push(milliseconds);
          statuses.push(status);
          await trial.start();
        }
      },
    });
    const slow = stopsMs.filter((one) => one > DRAIN_MS).length;
    const unclean = statuses.filter((one) => one !== 0);
    return {
      figures: { times, ...ledgerFigures(outcome), ...spreadFigures('stop', stopsMs) },
      misses: [...ledgerMisses(outcome), ...(unclean.length > 0 ? [`ended with status ${unclean.join(', ')}`] : [])],
      late: slow > 0 ? [`${slow} stops took more than ${DRAIN_MS} ms`] : [],
      skipped: null,
    };
  },
};

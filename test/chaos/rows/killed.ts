import { killRepeatedly, runTrial } from '../trial.ts';
import { type ChaosRow, ledgerFigures, ledgerMisses, spreadFigures } from './row.ts';

/** A restart has to serve within this: reliability, row 1. */
const RECOVERY_MS = 5000;

export const killed: ChaosRow = {
  name: 'killed',
  bar: 'SIGKILL of the whole group at a random moment under load: lost 0, doubled 0, serving again within 5 s',
  run: async ({ target, isShort, folder, random }) => {
    const kills = isShort ? 4 : 100;
    const outcome = await runTrial({
      target,
      folder,
      load: { misbehaving: 0.02 },
      disturb: (trial) => killRepeatedly(trial, kills, random),
    });
    const restarts = outcome.startsMs.slice(1);
    const slow = restarts.filter((one) => one > RECOVERY_MS).length;
    return {
      figures: {
        kills,
        ...ledgerFigures(outcome),
        ...spreadFigures('recovery', restarts),
        'loss a kill, at most (95 %)': `${(300 / kills).toFixed(1)} %`,
      },
      misses: ledgerMisses(outcome),
      late: slow > 0 ? [`${slow} restarts took more than ${RECOVERY_MS} ms`] : [],
      skipped: null,
    };
  },
};

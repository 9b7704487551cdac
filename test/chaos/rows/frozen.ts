import { setTimeout as sleep } from 'node:timers/promises';
import { enginePidOf } from '../faults/engine.ts';
import { runTrial } from '../trial.ts';
import { type ChaosRow, ledgerFigures, ledgerMisses } from './row.ts';

/** Longer than a batch is tried for, so that both "late" and "given up" are met. */
const FROZEN_MS = [1500, 8000];

export const frozen: ChaosRow = {
  name: 'engine frozen',
  bar: 'SIGSTOP of the engine for 1.5 s and 8 s, then SIGCONT: clients give up and come again; lost 0, doubled 0',
  run: async ({ target, isShort, folder }) => {
    const repetitions = isShort ? 1 : 5;
    const outcome = await runTrial({
      target,
      folder,
      load: { timeoutMs: 1000 },
      disturb: async (trial) => {
        for (let repetition = 0; repetition < repetitions; repetition++) {
          for (const frozenMs of FROZEN_MS) {
            await sleep(1000);
            const pid = enginePidOf(trial.service.pid);
            if (pid === undefined) throw new Error('the service has no engine of its own');
            process.kill(pid, 'SIGSTOP');
            await sleep(frozenMs);
            // Whoever did not answer for so long may have been replaced.
            if (enginePidOf(trial.service.pid) === pid) process.kill(pid, 'SIGCONT');
          }
        }
      },
    });
    const stops = repetitions * FROZEN_MS.length;
    return { figures: { stops, ...ledgerFigures(outcome) }, misses: ledgerMisses(outcome), skipped: null };
  },
};

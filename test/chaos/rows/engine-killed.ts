import { setTimeout as sleep } from 'node:timers/promises';
import { enginePidOf } from '../faults/engine.ts';
import { runTrial, type Trial } from '../trial.ts';
import { untilReady } from '../until-ready.ts';
import { type ChaosRow, ledgerFigures, ledgerMisses, spreadFigures } from './row.ts';

const DOWN_MS = 5000;

export const engineKilled: ChaosRow = {
  name: 'engine killed',
  bar: 'SIGKILL and SIGSEGV of the engine alone: only it dies, 503 for at most 5 s, lost 0, doubled 0',
  run: async ({ target, isShort, folder, random }) => {
    const kills = isShort ? 2 : 20;
    const awayMs: number[] = [];
    let served = true;
    const outcome = await runTrial({
      target,
      folder,
      disturb: async (trial) => {
        for (let kill = 0; kill < kills; kill++) {
          await sleep(300 + 1200 * random());
          awayMs.push(await killEngine(trial, kill % 2 === 0 ? 'SIGKILL' : 'SIGSEGV'));
        }
        served = !trial.service.ended;
      },
    });
    const slow = awayMs.filter((one) => one > DOWN_MS).length;
    return {
      figures: { kills, ...ledgerFigures(outcome), ...spreadFigures('away', awayMs) },
      misses: [...ledgerMisses(outcome), ...(served ? [] : ['the service ended with its engine'])],
      late: slow > 0 ? [`${slow} times the engine was away for more than ${DOWN_MS} ms`] : [],
      skipped: null,
    };
  },
};

/** Answers how long it took until the service was ready again. */
async function killEngine(trial: Trial, signal: NodeJS.Signals): Promise<number> {
  const pid = enginePidOf(trial.service.pid);
  if (pid === undefined) throw new Error('the service has no engine of its own');
  const began = performance.now();
  process.kill(pid, signal);
  while (enginePidOf(trial.service.pid) === pid) await sleep(2);
  await untilReady(trial.url);
  return performance.now() - began;
}

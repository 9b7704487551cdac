import { runTrial } from '../trial.ts';
import { type ChaosRow, ledgerFigures, ledgerMisses } from './row.ts';

const WAIT_MS = 120_000;

export const cutOff: ChaosRow = {
  name: 'cut off',
  bar: 'clients break off a third of their requests, in the body and before the answer, and come again: lost 0, doubled 0',
  run: async ({ target, isShort, folder }) => {
    const outcome = await runTrial({
      target,
      folder,
      load: { misbehaving: 1 / 3 },
      disturb: async ({ load }) => void (await load.untilAcknowledged(isShort ? 200 : 5000, WAIT_MS)),
    });
    const { doubts } = outcome.load;
    return { figures: { 'cut off': doubts, ...ledgerFigures(outcome) }, misses: ledgerMisses(outcome), skipped: null };
  },
};

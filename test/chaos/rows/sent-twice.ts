import { runTrial } from '../trial.ts';
import { type ChaosRow, ledgerFigures, ledgerMisses } from './row.ts';

const WAIT_MS = 120_000;

export const sentTwice: ChaosRow = {
  name: 'sent twice',
  bar: 'everything is sent again once it was acknowledged: doubled 0',
  run: async ({ target, isShort, folder }) => {
    const outcome = await runTrial({
      target,
      folder,
      load: { sendsTwice: true },
      disturb: async ({ load }) => void (await load.untilAcknowledged(isShort ? 200 : 5000, WAIT_MS)),
    });
    const { resent } = outcome.load;
    return { figures: { resent, ...ledgerFigures(outcome) }, misses: ledgerMisses(outcome), skipped: null };
  },
};

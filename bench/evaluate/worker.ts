import { analyzeUpgrade } from '../../src/analyze.ts';
import { type Answer, answerOf } from './cases/answer.ts';
import type { Job, Outcome } from './job.ts';
import { runPart } from './simulation/simulations.ts';

process.on('message', ({ number, job }: { number: number; job: Job }) => {
  perform(job).then(
    (outcome) => process.send?.({ number, outcome }),
    (error: Error) => process.send?.({ number, error: `${error.name}: ${error.message}` }),
  );
});
process.on('disconnect', () => process.exit());

async function perform(job: Job): Promise<Outcome> {
  if (job.kind === 'simulation') return { kind: 'simulation', tallies: runPart(job) };
  return { kind: 'case', answer: await answerTo(job.document) };
}

async function answerTo(document: string): Promise<Answer> {
  try {
    return answerOf(await analyzeUpgrade(document));
  } catch (error) {
    return { ok: false, error: (error as Error).message };
  }
}

import { type Judgement, judgeCase } from './cases/judgement.ts';
import { setFigures } from './cases/set-figures.ts';
import type { Case } from './cases/truth.ts';
import { type Figure, type JudgedFigure, judgeFigure } from './figure.ts';
import { runJobs } from './pool.ts';
import { progressOf } from './progress.ts';

const TIMEOUT_MS = 60_000;

export interface SetEvaluation {
  readonly figures: readonly JudgedFigure[];
  /** Cases that came out wrong, in words. */
  readonly wrong: readonly string[];
}

/** Runs every case of a set through the product and holds the answers against the truth. */
export async function evaluateSet(set: string, cases: readonly Case[]): Promise<SetEvaluation> {
  const settled = await runJobs(
    cases.map(({ document }) => ({ kind: 'case', document })),
    { timeoutMs: TIMEOUT_MS, onProgress: progressOf(set) },
  );
  const judgements = cases.map(({ truth }, i) => {
    const one = settled[i]!;
    const error = one.kind === 'failed' ? one.error : 'no answer';
    return judgeCase(truth, one.kind === 'case' ? one.answer : { ok: false, error });
  });
  const figures: Figure[] = setFigures(set, judgements);
  return { figures: figures.map(judgeFigure), wrong: judgements.flatMap(wrongInWords) };
}

function wrongInWords(judgement: Judgement): string[] {
  const { id, regression, failed, wrong, cannotTell, rank, onsetSamples } = judgement;
  const faults = [
    ...(failed ? ['failed'] : []),
    ...(wrong ? [regression ? (cannotTell ? 'missed (cannot tell)' : 'missed (no regression)') : 'false alarm'] : []),
    ...(!wrong && rank !== null && rank > 1 ? [`cause at rank ${rank}`] : []),
    ...(!wrong && onsetSamples !== null && onsetSamples > 1 ? [`onset ${onsetSamples.toFixed(1)} samples off`] : []),
  ];
  return faults.length === 0 ? [] : [`${id}: ${faults.join(', ')}`];
}

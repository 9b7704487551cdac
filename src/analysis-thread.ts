import { workerData } from 'node:worker_threads';
import type { AnalysisThreadData } from './analysis-pool.ts';
import { type AnalysisTask, analyzeStored } from './analyze-stored.ts';
import type { CellPage } from './api/cell-rows.ts';
import { CellPages, type CellPageTask } from './cell-pages.ts';
import { renderJson } from './rendering/json.ts';
import { openTelemetryReader } from './store/telemetry/telemetry-reader.ts';
import { answerOf, type ThreadAnswer } from './thread-answer.ts';
import type { MadeReport } from './watch.ts';

const { address } = workerData as AnalysisThreadData;
const telemetry = openTelemetryReader(address);

/** What the pool runs: documents and plain values in, a rendered report out. */
export async function analyseInThread(task: AnalysisTask): Promise<ThreadAnswer<MadeReport>> {
  return await answerOf(() => madeReport(task));
}

const pages = new CellPages(telemetry, () => performance.now());

/** Rows are made here as well: a week of cells is not handed from thread to thread for a page of it. */
export async function cellsInThread(task: CellPageTask): Promise<ThreadAnswer<CellPage>> {
  return await answerOf(() => pages.page(task));
}

async function madeReport(task: AnalysisTask): Promise<MadeReport> {
  const startMs = Date.now();
  let readMs = startMs;
  const report = await analyzeStored(task, {
    replay: async (...wanted) => {
      const summary = await telemetry.replay(...wanted);
      readMs = Date.now();
      return summary;
    },
  });
  const concludedMs = Date.now();
  const json = renderJson(report);
  const steps = [
    { name: 'read telemetry', startMs, endMs: readMs },
    { name: 'compare and attribute', startMs: readMs, endMs: concludedMs },
    { name: 'render report', startMs: concludedMs, endMs: Date.now() },
  ];
  return { verdict: report.verdict, digest: report.inputs.digest, json, steps };
}

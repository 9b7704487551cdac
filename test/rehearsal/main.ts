import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TIMELINE } from '../../examples/dten/timeline.ts';
import type { Report } from '../../src/domain/report.ts';
import { renderJson } from '../../src/rendering/json.ts';
import { installedPrometheus } from '../support/prometheus-process.ts';
import { blamedIn, disagreements, keptUp, namesWith } from './agreement.ts';
import { rehearse } from './rehearsal.ts';

/** One run of the example system, told in four ways. */
const prometheus = installedPrometheus();
if (prometheus === null)
  console.error('no prometheus on this machine: nothing is scraped (apt-get install prometheus)');
const folder = await mkdtemp(join(tmpdir(), 'postflight-rehearsal-'));
const rehearsed = await rehearse(folder, TIMELINE, prometheus !== null);

const WAYS: readonly (readonly [string, Report | null])[] = [
  ['files', rehearsed.files],
  ['metrics of the files', rehearsed.metricFiles],
  ['sent over OTLP', rehearsed.sent],
  [`scraped by Prometheus ${prometheus}`, rehearsed.scraped],
];
for (const [way, report] of WAYS) {
  if (report === null) continue;
  console.log(`${way}: ${report.verdict}; blamed: ${blamedIn(report).join(', ') || 'nothing'}`);
  for (const name of namesWith(report, 'regressed')) console.log(`  regressed: ${name}`);
  for (const name of namesWith(report, 'improved')) console.log(`  improved: ${name}`);
  for (const { rank, change, verdict, evidence } of report.suspects) {
    console.log(`  ${rank}. ${change}: ${verdict}. ${evidence[0] ?? ''}`);
  }
}
for (const [way, report] of Object.entries(rehearsed)) {
  if (report !== null) await writeFile(join(folder, `${way}.json`), renderJson(report));
}
console.log(`reports, recording and documents: ${folder}`);
const isTold = keptUp(rehearsed.files);
if (!isTold) console.error('the machine was too busy for the story: its verdict says nothing');
const found = disagreements(rehearsed);
for (const one of found) console.error(`DISAGREE: ${one}`);
process.exitCode = found.length > 0 ? 1 : isTold ? 0 : 2;

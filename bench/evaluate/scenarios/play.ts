import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptAttributes } from '../../../src/analysis/exposure/exposure.ts';
import { buildReport } from '../../../src/analysis/report.ts';
import { analyzeUpgrade } from '../../../src/analyze.ts';
import type { Report } from '../../../src/domain/report.ts';
import type { Span } from '../../../src/domain/telemetry.ts';
import { decodeUpgrade } from '../../../src/domain/upgrade-document.ts';
import { createFolding, type Folded } from '../../../src/ingest/folding/folding.ts';
import { otlpLines } from './otlp-lines.ts';
import { documentOf, TELEMETRY_FILE } from './scenario-document.ts';
import { simulate } from './simulate.ts';
import type { WrittenScenario } from './written-scenario.ts';

/** The quick road: spans go straight into folding, as if a decoder had read them. */
export function foldScenario(scenario: WrittenScenario, seed: number): Folded {
  const upgrade = decodeUpgrade(documentOf(scenario), scenario.name);
  const folding = createFolding({
    resolutionMs: upgrade.resolutionMs,
    indicators: upgrade.indicators,
    exposureAttributes: keptAttributes(upgrade),
  });
  simulate(scenario, seed, (span) => folding.sink.span(span));
  return folding.finish();
}

export function reportOfFolded(scenario: WrittenScenario, folded: Folded, withIrrelevant = false): Report {
  const upgrade = decodeUpgrade(documentOf(scenario, withIrrelevant), scenario.name);
  return buildReport({ upgrade, slos: [], ...folded, digest: '' });
}

/** The whole road: OTLP JSON lines and an upgrade document in a folder of their own, read by `analyze`. */
export async function reportFromFiles(scenario: WrittenScenario, seed: number): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'postflight-scenario-'));
  try {
    const spans: Span[] = [];
    simulate(scenario, seed, (span) => spans.push(span));
    await writeFile(join(folder, TELEMETRY_FILE), `${otlpLines(spans).join('\n')}\n`);
    await writeFile(join(folder, 'upgrade.yaml'), documentOf(scenario));
    return await analyzeUpgrade(join(folder, 'upgrade.yaml'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

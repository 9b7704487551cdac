import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { keptAttributes } from './analysis/exposure/exposure.ts';
import { comparedUntilMs, readingRange } from './analysis/phases.ts';
import { buildReport } from './analysis/report.ts';
import { printable, quoted } from './domain/document-problem.ts';
import { AppError } from './domain/error.ts';
import type { ReadingKind, Report } from './domain/report.ts';
import { decodeAllSlos } from './domain/slo-document.ts';
import type { TelemetrySource } from './domain/upgrade.ts';
import { decodeUpgrade, type FieldFault, upgradeFaults, upgradeField } from './domain/upgrade-document.ts';
import { createFolding } from './ingest/folding/folding.ts';
import { type ReadingOptions, readSources } from './ingest/sources/index.ts';

export interface AnalyzeHooks extends ReadingOptions {
  /** All files are read; what follows computes without a pause. */
  readonly onRead?: () => void;
  /** How often the report will be looked at. */
  readonly reading?: ReadingKind;
}

/** The lower road: documents and files straight to cells, in memory; no store, no server, nothing left behind. */
export async function analyzeUpgrade(path: string, options: AnalyzeHooks = {}): Promise<Report> {
  const folder = dirname(resolve(path));
  const place = basename(path);
  const text = await readDocument(path);
  const upgrade = decodeUpgrade(text, place);
  const { slos, findings } = await readSlos(upgrade.sloFiles, folder, (faults) => upgradeFaults(text, place, faults));
  const untilMs = comparedUntilMs(upgrade);
  const folding = createFolding({
    resolutionMs: upgrade.resolutionMs,
    indicators: upgrade.indicators,
    exposureAttributes: keptAttributes(upgrade),
    // Later blocks are never compared, but would take resolution from the histograms of those that are.
    ...(untilMs === null ? {} : { to: untilMs }),
  });
  const wanted = { ...readingRange(upgrade), indicators: upgrade.indicators };
  const placeOf = (source: TelemetrySource | null): string => {
    const entry = source === null ? [] : [upgrade.telemetry.indexOf(source)];
    return upgradeField(text, place, ['spec', 'telemetry', ...entry]);
  };
  const { digest } = await readSources(upgrade.telemetry, folder, folding.sink, { ...options, wanted, placeOf });
  options.onRead?.();
  const { cells, quality, points, firstMs, lastMs } = folding.finish();
  return buildReport({
    upgrade,
    slos,
    cells,
    firstMs,
    lastMs,
    quality: [...quality, ...findings],
    points,
    digest,
    reading: options.reading ?? 'final',
  });
}

async function readSlos(
  files: readonly string[],
  folder: string,
  wrong: (faults: readonly FieldFault[]) => AppError,
): Promise<ReturnType<typeof decodeAllSlos>> {
  const documents: { name: string; text: string }[] = [];
  const faults: FieldFault[] = [];
  for (const [index, name] of files.entries()) {
    try {
      documents.push({ name, text: await readFile(resolve(folder, name), 'utf8') });
    } catch (cause) {
      const message = `cannot read ${quoted(name)}: ${printable((cause as Error).message)}`;
      const remedy = 'name a file that exists and can be read; paths are relative to the document';
      faults.push({ path: ['spec', 'slos', index], message, remedy });
    }
  }
  if (faults.length > 0) throw wrong(faults);
  return decodeAllSlos(documents);
}

async function readDocument(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('document', `cannot read ${path}: ${(cause as Error).message}`, {
      place: path,
      remedy: 'name a file that exists and can be read',
      cause,
    });
  }
}

import { buildReport, type ReportInput } from '../../../src/analysis/report.ts';
import type { CellSeries } from '../../../src/domain/cells.ts';
import type { Comparison, Report } from '../../../src/domain/report.ts';
import { DEFAULT_MARGINS } from '../../../src/domain/upgrade-schema.ts';
import type { Window } from '../../../src/domain/window.ts';
import { DECLARED_STRATUM, FIRST_BLOCK, type Fleet, SERVICE } from './fleet.ts';

export interface Times {
  readonly baseline: Window;
  readonly post: Window;
  readonly resolutionMs: number;
}

const MINUTE_MS = 60_000;

export function fleetTimes({ baselineBlocks, postBlocks }: Fleet): Times {
  const at = (block: number): number => (FIRST_BLOCK + block) * MINUTE_MS;
  return {
    baseline: { startMs: at(0), endMs: at(baselineBlocks) },
    post: { startMs: at(baselineBlocks), endMs: at(baselineBlocks + postBlocks) },
    resolutionMs: MINUTE_MS,
  };
}

/** What `analyze` would report of these cells: the whole road from cells on, with a document of one binary upgrade. */
export function simulatedReport(
  series: readonly CellSeries[],
  { baseline, post, resolutionMs }: Times,
  fields: Partial<ReportInput> = {},
): Report {
  return buildReport({
    upgrade: {
      name: 'simulated',
      window: null,
      baseline: [baseline],
      post,
      changes: [
        {
          id: 'gateway-2',
          kind: 'binary',
          service: SERVICE,
          peer: null,
          subject: null,
          from: '1',
          to: '2',
          atMs: post.startMs,
          exposure: null,
        },
      ],
      telemetry: [],
      indicators: [],
      dependencies: [],
      sloFiles: [],
      resolutionMs,
      margins: DEFAULT_MARGINS,
      strata: [DECLARED_STRATUM],
      method: null,
    },
    slos: [],
    cells: { resolutionMs, series, calls: [], evaluations: [] },
    firstMs: baseline.startMs,
    lastMs: post.endMs,
    quality: [],
    points: 0,
    digest: '',
    ...fields,
  });
}

/** The comparisons of each endpoint. */
export function byEndpoint(report: Report): Map<string, Comparison[]> {
  const endpoints = new Map<string, Comparison[]>();
  for (const comparison of report.comparisons) {
    const name = comparison.endpoint ?? '';
    const known = endpoints.get(name);
    if (known === undefined) endpoints.set(name, [comparison]);
    else known.push(comparison);
  }
  return endpoints;
}

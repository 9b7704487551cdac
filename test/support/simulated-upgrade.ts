import { buildReport, type ReportInput } from '../../src/analysis/report.ts';
import type { Cells } from '../../src/domain/cells.ts';
import type { Report } from '../../src/domain/report.ts';
import type { Change, NamedIndicator, Upgrade } from '../../src/domain/upgrade.ts';
import { BLOCK_MS, START_MS } from './simulated-cells.ts';

/** Blocks of the simulated upgrade: baseline, a maintenance window, post. */
export const BASELINE_BLOCKS = 60;
export const WINDOW_BLOCKS = 10;
export const POST_BLOCKS = 60;
export const ALL_BLOCKS = BASELINE_BLOCKS + WINDOW_BLOCKS + POST_BLOCKS;
export const FIRST_POST_BLOCK = BASELINE_BLOCKS + WINDOW_BLOCKS;

export const at = (block: number): number => START_MS + block * BLOCK_MS;

export function change(id: string, fields: Partial<Change> = {}): Change {
  return {
    id,
    kind: 'binary',
    service: 'gateway',
    peer: null,
    subject: null,
    from: null,
    to: null,
    atMs: null,
    exposure: null,
    ...fields,
  };
}

export function upgradeOf(fields: Partial<Upgrade> = {}): Upgrade {
  return {
    name: 'simulated',
    window: { startMs: at(BASELINE_BLOCKS), endMs: at(FIRST_POST_BLOCK) },
    baseline: [{ startMs: at(0), endMs: at(BASELINE_BLOCKS) }],
    post: { startMs: at(FIRST_POST_BLOCK), endMs: at(ALL_BLOCKS) },
    changes: [],
    telemetry: [],
    indicators: [] as NamedIndicator[],
    dependencies: [],
    sloFiles: [],
    resolutionMs: BLOCK_MS,
    margins: { latency: 0.05, errorRatio: 0.1, retryRatio: 0.1 },
    strata: [],
    method: null,
    ...fields,
  };
}

/** The windows change places: what was better is now worse. */
export function swapped(upgrade: Upgrade): Upgrade {
  return { ...upgrade, baseline: upgrade.post === null ? [] : [upgrade.post], post: upgrade.baseline[0] ?? null };
}

export function reportOf(cells: Cells, upgrade: Upgrade = upgradeOf(), fields: Partial<ReportInput> = {}): Report {
  return buildReport({
    upgrade,
    slos: [],
    cells,
    firstMs: at(0),
    lastMs: at(ALL_BLOCKS),
    quality: [],
    points: 0,
    digest: '',
    ...fields,
  });
}

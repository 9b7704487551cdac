import { describe, expect, it } from 'vitest';
import { CellPages, type CellPageTask } from '../src/cell-pages.ts';
import type { TelemetrySink } from '../src/domain/telemetry.ts';
import type { ReplayRequest } from '../src/domain/telemetry-store.ts';
import { at, attributes, BOUNDS, identity } from './ingest/folding/telemetry-fixture.ts';

const TASK: CellPageTask = {
  tenant: 't',
  service: null,
  endpoint: null,
  window: { startMs: at(0), endMs: at(60) },
  after: null,
  limit: 10,
};

describe('pages of stored cells', () => {
  it('are folded once for all pages of a list', async () => {
    const { pages, folds } = opened();
    const starts = await walk(pages, TASK);
    expect(starts).toHaveLength(30);
    expect(new Set(starts).size).toBe(30);
    expect(folds).toEqual(['t']);
  });

  it('begin with what is stored now, each time a list is begun', async () => {
    const { pages, folds } = opened();
    await pages.page(TASK);
    await pages.page(TASK);
    expect(folds).toHaveLength(2);
  });

  it('are never those of another list', async () => {
    const { pages, folds } = opened();
    const { last } = await pages.page(TASK);
    await pages.page({ ...TASK, after: last, tenant: 'other' });
    await pages.page({ ...TASK, after: last, window: { ...TASK.window, endMs: at(20) } });
    expect(folds).toEqual(['t', 'other', 't']);
  });

  it('are folded anew for a reader that comes back after more than a minute', async () => {
    const { pages, folds, clock } = opened();
    const { last } = await pages.page(TASK);
    clock.ms += 59_000;
    await pages.page({ ...TASK, after: last });
    clock.ms += 59_000;
    await pages.page({ ...TASK, after: last });
    expect(folds).toHaveLength(1);
    clock.ms += 61_000;
    await pages.page({ ...TASK, after: last });
    expect(folds).toHaveLength(2);
  });

  it('hold nothing on to once the last of them is read', async () => {
    const { pages, folds } = opened();
    await walk(pages, TASK);
    await pages.page({ ...TASK, after: { block: 0, series: '' } });
    expect(folds).toHaveLength(2);
  });
});

/** Thirty minutes of one service, as a store replays it. */
function opened() {
  const folds: string[] = [];
  const clock = { ms: 0 };
  const telemetry = {
    replay: async (tenant: string, _request: ReplayRequest, to: unknown) => {
      folds.push(tenant);
      const sink = to as TelemetrySink;
      const resource = attributes({ 'service.name': 'gateway', 'service.instance.id': '1' });
      const stream = sink.openStream(identity({ resource, temporality: 'delta' }));
      for (let minute = 0; minute < 30; minute++)
        sink.histogramPoint(stream, at(minute), at(minute + 1), 2, 1, BOUNDS, [1, 1, 0]);
      return { points: 30, digest: '' };
    },
  };
  return { pages: new CellPages(telemetry, () => clock.ms), folds, clock };
}

async function walk(pages: CellPages, task: CellPageTask): Promise<string[]> {
  const first = await pages.page(task);
  const starts = first.rows.map(({ start }) => start);
  for (let { last } = first; last !== null; ) {
    const next = await pages.page({ ...task, after: last });
    starts.push(...next.rows.map(({ start }) => start));
    last = next.last;
  }
  return starts;
}

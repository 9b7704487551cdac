import { type CallEdge, type CellSeries, REQUESTS } from '../../domain/cells.ts';
import { peerServiceOf } from '../conventions/reading.ts';
import type { BlockRange } from './block-range.ts';
import { CellBuilder, type KnownColumns } from './cell-builder.ts';
import { IncrementWriter } from './increment-writer.ts';
import type { LayoutTable } from './layout-table.ts';
import type { SeriesPlan, StreamUse } from './metric-uses.ts';
import type { QualityCounter } from './quality-counter.ts';
import { StreamFold } from './stream-fold.ts';
import type { Stream } from './stream-table.ts';
import { UnitWatch } from './unit-watch.ts';

export interface MetricCells {
  readonly series: CellSeries[];
  readonly calls: CallEdge[];
  /** Requests that servers counted, by service. */
  readonly servedByService: ReadonlyMap<string, number>;
  /** Services whose calls were counted without a way to see retries. */
  readonly blindCallers: ReadonlySet<string>;
}

/** Folds the planned series one after the other; points are let go after their last use. */
export function foldMetrics(
  plans: readonly SeriesPlan[],
  layouts: LayoutTable,
  range: BlockRange,
  quality: QualityCounter,
): MetricCells {
  const builder = new CellBuilder(layouts);
  const fold = new StreamFold(layouts, range.resolutionMs, quality);
  const units = new UnitWatch(layouts);
  const remaining = usesByStream(plans);
  const series: CellSeries[] = [];
  const calls: CallEdge[] = [];
  const servedByService = new Map<string, number>();
  const blindCallers = new Set<string>();
  for (const plan of plans) {
    builder.clear();
    const hasCalls = plan.uses.some((use) => use.profile?.counts === 'calls');
    for (const use of plan.uses) {
      const where = `${plan.key.service} ${use.stream.identity.metric}`;
      const writer = new IncrementWriter(builder, layouts, range, use, hasCalls);
      if (use.profile !== null) units.open(plan.key.service, use.stream, use.profile, quality);
      fold.fold(use.stream, where, (increment) => {
        writer.write(increment);
        if (use.profile !== null) units.observe(increment);
      });
      if (lacksBuckets(use)) quality.add('no-buckets', where);
      releaseAfterLastUse(remaining, use.stream);
    }
    if (isEmpty(plan, builder)) continue;
    const built = builder.build(plan.key, plan.measure, knownColumns(plan.uses, hasCalls));
    quality.add('layouts-differ', `${plan.key.service} ${plan.key.endpoint ?? ''}`.trim(), '', built.conflicts);
    series.push(built.series);
    if (plan.measure === REQUESTS) noteTraffic(built.series, plan.uses);
  }
  units.report(quality);
  return { series, calls, servedByService, blindCallers };

  function noteTraffic({ key, count, retries }: CellSeries, uses: readonly StreamUse[]): void {
    if (key.peer === null) {
      let served = servedByService.get(key.service) ?? 0;
      for (let row = 0; row < count.length; row++) served += count[row]!;
      servedByService.set(key.service, served);
      return;
    }
    const { service, peer } = key;
    for (const { stream } of uses) {
      const calleeService = peerServiceOf(stream.identity.attributes);
      calls.push({ service, endpoint: null, peer, calleeService: calleeService === peer ? null : calleeService });
    }
    if (retries === null) blindCallers.add(key.service);
  }
}

function usesByStream(plans: readonly SeriesPlan[]): Map<Stream, number> {
  const uses = new Map<Stream, number>();
  for (const plan of plans) for (const { stream } of plan.uses) uses.set(stream, (uses.get(stream) ?? 0) + 1);
  return uses;
}

function releaseAfterLastUse(remaining: Map<Stream, number>, stream: Stream): void {
  const left = (remaining.get(stream) ?? 1) - 1;
  remaining.set(stream, left);
  if (left === 0) stream.release();
}

/** A ratio without a denominator says nothing, nor do delays without the calls that waited. */
function isEmpty(plan: SeriesPlan, builder: CellBuilder): boolean {
  const parts = new Set(plan.uses.map((use) => use.part));
  if (plan.uses.every((use) => use.profile?.counts === 'delays')) return true;
  return builder.rows === 0 || (parts.has('numerator') && !parts.has('denominator'));
}

function knownColumns(uses: readonly StreamUse[], hasCalls: boolean): KnownColumns {
  const attempts = uses.some((use) => use.profile?.counts === 'attempts');
  const delays = uses.some((use) => use.profile?.counts === 'delays');
  return { errors: uses.some((use) => use.tellsOutcome), attempts, retries: attempts && hasCalls, delays };
}

function lacksBuckets({ stream, part }: StreamUse): boolean {
  if (part !== 'requests' && part !== 'histogram') return false;
  const { kind } = stream.identity;
  return kind === 'summary' || (kind === 'histogram' && !stream.hasBuckets);
}

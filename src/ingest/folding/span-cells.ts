import type { CallEdge, CellKey, CellSeries } from '../../domain/cells.ts';
import { attemptsOf, forEachAttemptGroup } from './attempt-groups.ts';
import type { BlockRange } from './block-range.ts';
import { layered } from './exposure.ts';
import type { QualityCounter } from './quality-counter.ts';
import { RequestRecords } from './request-records.ts';
import { logicalCalls } from './requests.ts';
import { ResendOrigins } from './resend-origins.ts';
import { flagSets, NO_ROW, parentRows, requestRows, SpanLookup } from './span-relations.ts';
import type { SpanSink } from './span-sink.ts';
import { ROLE } from './span-table.ts';

export interface SpanCells {
  readonly series: CellSeries[];
  readonly calls: CallEdge[];
  /** Requests seen as server or consumer spans, by service. */
  readonly servedByService: ReadonlyMap<string, number>;
  /** Services that show their calls as spans. */
  readonly callers: ReadonlySet<string>;
}

/** Parents missing from more than this share of the spans inside a process are worth a word. */
const NOTICEABLE_SHARE = 0.05;

/** Spans become logical requests (server, consumer) and logical calls (client, producer), each in its block's cell. */
export function foldSpans(spans: SpanSink, range: BlockRange, quality: QualityCounter): SpanCells {
  const folding = new SpanFolding(spans, range);
  folding.addRequests();
  folding.addCalls();
  folding.report(quality);
  return folding.result();
}

class SpanFolding {
  readonly #spans: SpanSink;
  readonly #range: BlockRange;
  readonly #lookup: SpanLookup;
  readonly #parents: Int32Array;
  readonly #requests: Int32Array;
  readonly #flags: Int32Array;
  readonly #records = new RequestRecords();
  readonly #seriesOfPlace = new Map<string, number>();
  readonly #calls = new Map<string, CallEdge>();
  readonly #served = new Map<string, number>();
  readonly #callers = new Set<string>();

  constructor(spans: SpanSink, range: BlockRange) {
    this.#spans = spans;
    this.#range = range;
    const { table, sets } = spans;
    this.#lookup = new SpanLookup(spans);
    this.#parents = parentRows(table, this.#lookup);
    this.#requests = requestRows(table, this.#parents);
    this.#flags = flagSets(table, sets, this.#requests, this.#lookup, spans.loggedFlags);
  }

  addRequests(): void {
    const { table } = this.#spans;
    for (let row = 0; row < table.rows; row++) {
      if (table.role(row) !== ROLE.request || !this.#isCounted(row)) continue;
      const block = this.#range.block(table.startMs[row]!);
      if (block === null) continue;
      const latencyMs = table.endMs[row]! - table.startMs[row]!;
      this.#records.add(this.#seriesOf(row, row), { block, latencyMs, isError: table.isError(row), attempts: 1 });
      const service = this.#serviceOf(row);
      this.#served.set(service, (this.#served.get(service) ?? 0) + 1);
    }
  }

  addCalls(): void {
    const { table } = this.#spans;
    const isCounted = (row: number) => table.role(row) === ROLE.attempt && this.#isCounted(row);
    this.#noteEdges(isCounted);
    const origins = new ResendOrigins(table, isCounted);
    forEachAttemptGroup(table, isCounted, (rows) => {
      this.#callers.add(this.#serviceOf(rows[0]!));
      for (const call of logicalCalls(attemptsOf(table, this.#lookup, origins, rows))) {
        const block = this.#range.block(call.startMs);
        if (block === null) continue;
        const row = rows[call.first]!;
        const latencyMs = call.endMs - call.startMs;
        const { attempts, failed: isError, retried } = call;
        this.#records.add(this.#seriesOf(row, this.#requests[row]!), { block, latencyMs, isError, attempts, retried });
      }
    });
  }

  report(quality: QualityCounter): void {
    const { table } = this.#spans;
    quality.add('duplicate-point', 'spans', '', this.#lookup.duplicates);
    const synthetic = new Map<string, number>();
    let orphans = 0;
    let children = 0;
    for (let row = 0; row < table.rows; row++) {
      const service = this.#serviceOf(row);
      if (table.isSynthetic(row)) synthetic.set(service, (synthetic.get(service) ?? 0) + 1);
      if (table.role(row) === ROLE.request || !table.hasParent(row)) continue;
      children++;
      if (this.#parents[row] === NO_ROW) orphans++;
    }
    for (const service of [...synthetic.keys()].sort()) {
      quality.add('synthetic-traffic', service, '', synthetic.get(service));
    }
    if (orphans > NOTICEABLE_SHARE * children) quality.add('orphan-spans', 'spans', `of ${children}`, orphans);
  }

  result(): SpanCells {
    return {
      series: this.#records.series(),
      calls: [...this.#calls.values(), ...this.#spans.namedPeers.values()],
      servedByService: this.#served,
      callers: this.#callers,
    };
  }

  /** Synthetic requests are left out with everything done in their course. */
  #isCounted(row: number): boolean {
    const { table } = this.#spans;
    if (this.#lookup.isKept[row] === 0 || table.isSynthetic(row)) return false;
    const request = this.#requests[row]!;
    return request === NO_ROW || !table.isSynthetic(request);
  }

  #serviceOf(row: number): string {
    return this.#spans.reporters[this.#spans.table.reporter[row]!]!.service;
  }

  #textOf(number: number): string | null {
    return number < 0 ? null : this.#spans.texts.text(number);
  }

  /** The series of a span done in the course of `request` (itself, for a request; no row where that is unknown). */
  #seriesOf(row: number, request: number): number {
    const { table } = this.#spans;
    const endpoint = request === NO_ROW ? -1 : table.endpoint[request]!;
    const inherited = request === NO_ROW ? 0 : table.exposure[request]!;
    const flags = this.#flags[request === NO_ROW ? row : request]!;
    const peer = table.peer[row]!;
    const place = `${table.reporter[row]}/${endpoint}/${peer}/${inherited}/${table.exposure[row]}/${flags}`;
    const known = this.#seriesOfPlace.get(place);
    if (known !== undefined) return known;
    const { sets, reporters } = this.#spans;
    const reporter = reporters[table.reporter[row]!]!;
    const own = sets.get(table.exposure[row]!);
    const key: CellKey = {
      service: reporter.service,
      endpoint: this.#textOf(endpoint),
      peer: this.#textOf(peer),
      instance: reporter.instance,
      version: reporter.version,
      attributes: layered(reporter.exposure, sets.get(inherited), own, sets.get(flags)),
      source: 'spans',
    };
    const series = this.#records.openSeries(key);
    this.#seriesOfPlace.set(place, series);
    return series;
  }

  /** Who calls whom; `callEdges` drops the edges without a callee where another span shows it. */
  #noteEdges(isAttempt: (row: number) => boolean): void {
    for (let row = 0; row < this.#spans.table.rows; row++) {
      if (isAttempt(row)) this.#noteEdge(row, NO_ROW);
      const parent = this.#parents[row]!;
      if (parent !== NO_ROW && this.#requests[row] === row && isAttempt(parent)) this.#noteEdge(parent, row);
    }
  }

  #noteEdge(row: number, callee: number): void {
    const { table } = this.#spans;
    const request = this.#requests[row]!;
    const endpoint = request === NO_ROW ? -1 : table.endpoint[request]!;
    const calleeReporter = callee === NO_ROW ? -1 : table.reporter[callee]!;
    const place = `${table.reporter[row]}/${endpoint}/${table.peer[row]}/${calleeReporter}`;
    if (this.#calls.has(place)) return;
    this.#calls.set(place, {
      service: this.#serviceOf(row),
      endpoint: this.#textOf(endpoint),
      peer: this.#textOf(table.peer[row]!) ?? '',
      calleeService: callee === NO_ROW ? null : this.#serviceOf(callee),
    });
  }
}

import type { MetricProfile, Protocol } from '../conventions/protocol.ts';
import { DATABASE, HTTP, RPC } from '../conventions/protocols.ts';
import { durationUnit, hasMillisecondBounds, PATIENT_MEAN, REQUEST_MEAN, UnitEvidence } from './duration-unit.ts';
import type { Increment } from './increment.ts';
import { type LayoutTable, NO_LAYOUT } from './layout-table.ts';
import type { QualityCounter } from './quality-counter.ts';
import type { Stream } from './stream-table.ts';

/** Somebody waits for these. */
const REQUEST_PROTOCOLS: ReadonlySet<Protocol> = new Set([HTTP, RPC, DATABASE]);

/** Watches, by service and metric, whether durations look like the unit they claim. */
export class UnitWatch {
  readonly #layouts: LayoutTable;
  readonly #evidence = new Map<string, UnitEvidence>();
  #current: UnitEvidence | null = null;
  #lastLayout = NO_LAYOUT;
  #isMillisecondLayout = false;

  constructor(layouts: LayoutTable) {
    this.#layouts = layouts;
  }

  /** The stream whose increments come next. Only seconds are suspected: other units are stated on purpose. */
  open(service: string, stream: Stream, profile: MetricProfile, quality: QualityCounter): void {
    const where = `${service} ${stream.identity.metric}`;
    const unit = durationUnit(stream.identity.unit, profile.unit);
    if (!unit.isKnown) quality.add('unknown-unit', where, `unit "${stream.identity.unit}"`);
    this.#current = null;
    if (unit.perSecond !== 1) return;
    this.#current = this.#evidence.get(where) ?? new UnitEvidence(meanLimits(profile));
    this.#evidence.set(where, this.#current);
  }

  observe(increment: Readonly<Increment>): void {
    if (this.#current === null) return;
    this.#current.observe(increment.count, increment.sum);
    if (increment.layout === NO_LAYOUT) return;
    if (increment.layout !== this.#lastLayout) {
      this.#lastLayout = increment.layout;
      this.#isMillisecondLayout = hasMillisecondBounds(this.#layouts.get(increment.layout));
    }
    if (!this.#isMillisecondLayout) return;
    const { buckets, first, count } = increment;
    this.#current.observeMillisecondBounds(count, buckets[first]! + buckets[first + 1]!);
  }

  report(quality: QualityCounter): void {
    for (const [where, evidence] of this.#evidence) {
      const suspicion = evidence.suspicion();
      if (suspicion !== null) quality.add('unit-mismatch', where, suspicion);
    }
  }
}

function meanLimits({ protocol }: MetricProfile) {
  return REQUEST_PROTOCOLS.has(protocol) ? [PATIENT_MEAN, REQUEST_MEAN] : [PATIENT_MEAN];
}

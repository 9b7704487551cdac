import type { QualityCode } from '../../../domain/quality.ts';
import type { Receipt, RejectionReason } from '../../../domain/telemetry-store.ts';

/** What a decoder notes about rows that are used all the same. */
const REMARKS: ReadonlySet<QualityCode> = new Set([
  'series-overflow',
  'negative-observation',
  'partly-not-finite',
  'values-cut',
]);
/** That a stream ended is nothing to tell its sender, who would log each answer that says more than "taken". */
const EXPECTED: ReadonlySet<QualityCode> = new Set(['no-recorded-value']);

/** Counts what became of the rows of one request. */
export class Tally {
  #rejected = 0;
  readonly #reasons = new Map<QualityCode, { count: number; readonly where: string; readonly detail: string }>();

  add(code: QualityCode, where: string, detail: string): void {
    if (EXPECTED.has(code)) return;
    const count = REMARKS.has(code) ? 0 : 1;
    this.#rejected += count;
    const known = this.#reasons.get(code);
    if (known === undefined) this.#reasons.set(code, { count, where, detail });
    else known.count += count;
  }

  /** The receipt of `accepted` rows; what was counted is forgotten. */
  take(accepted: number): Receipt {
    const reasons: RejectionReason[] = [...this.#reasons].map(([code, reason]) => ({ code, ...reason }));
    const receipt = { accepted, rejected: this.#rejected, reasons };
    this.clear();
    return receipt;
  }

  clear(): void {
    this.#rejected = 0;
    this.#reasons.clear();
  }
}

import { QUALITY_CODES, type QualityCode, type QualityFinding } from '../../domain/quality.ts';

const PLACES_KEPT = 3;

interface Tally {
  count: number;
  detail: string;
  readonly places: string[];
}

/** Counts what could not be used, by code, keeps the first places and says each code once. */
export class QualityCounter {
  readonly #tallies = new Map<QualityCode, Tally>();

  add(code: QualityCode, where: string, detail = '', count = 1): void {
    if (count <= 0) return;
    const tally = this.#tallies.get(code);
    if (tally === undefined) {
      this.#tallies.set(code, { count, detail, places: [where] });
      return;
    }
    tally.count += count;
    if (tally.places.length < PLACES_KEPT && !tally.places.includes(where)) tally.places.push(where);
  }

  /** In the order of `QUALITY_CODES`. */
  findings(): QualityFinding[] {
    const findings: QualityFinding[] = [];
    for (const code of Object.keys(QUALITY_CODES) as QualityCode[]) {
      const tally = this.#tallies.get(code);
      if (tally === undefined) continue;
      findings.push({
        code,
        severity: QUALITY_CODES[code].severity,
        message: message(code, tally),
        where: tally.places.join(', '),
      });
    }
    return findings;
  }
}

/** Sentences that begin with what is counted take the number in front; the others take it at the end. */
const COUNTED = /^(lines|points|spans|values|counts|observations|bucket counts|streams|histograms|counters) /;

function message(code: QualityCode, tally: Tally): string {
  const says = QUALITY_CODES[code].says;
  const first = tally.detail === '' ? tally.places[0] : `${tally.places[0]}: ${tally.detail}`;
  if (tally.count === 1) return `${says} (${first})`;
  return COUNTED.test(says)
    ? `${tally.count} ${says} (first: ${first})`
    : `${says} (${tally.count} in all, first: ${first})`;
}

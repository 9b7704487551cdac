import { describe, expect, it } from 'vitest';
import type { Report, Suspect } from '../../src/domain/report.ts';
import type { TelemetrySink } from '../../src/domain/telemetry.ts';
import { createFolding } from '../../src/ingest/folding/folding.ts';
import { attributes, identity, span } from '../ingest/folding/telemetry-fixture.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { BLOCK_MS } from '../support/simulated-cells.ts';
import {
  ALL_BLOCKS,
  at,
  BASELINE_BLOCKS,
  change,
  FIRST_POST_BLOCK,
  reportOf,
  upgradeOf,
} from '../support/simulated-upgrade.ts';

const INSTANCES = 12;
const REQUESTS = 40;
const FLAG_BLOCK = FIRST_POST_BLOCK + 10;
const ROLLOUT_BLOCK = BASELINE_BLOCKS + 2;
const FLAG = change('backoff.v2', { kind: 'flag', subject: 'backoff.v2', from: 'off', to: 'on', atMs: at(FLAG_BLOCK) });
const BINARY = change('gateway-4.2.0', { from: '4.1.9', to: '4.2.0', atMs: at(ROLLOUT_BLOCK) });

/** Nothing in the telemetry tells who met it, and it came in the same minute as the flag. */
const RIVAL = change('nightly-report', { kind: 'schedule', atMs: at(FLAG_BLOCK) });
const CHANGES = [BINARY, RIVAL, FLAG];

/** How an instance tells what its flag came out as: never on the requests themselves. */
type Telling = (sink: TelemetrySink, resource: Map<string, string>, block: number, on: number, off: number) => void;

const byCounter: Telling = (sink, resource, block, on, off) => {
  for (const [variant, count] of Object.entries({ on, off })) {
    const names = { 'feature_flag.key': 'backoff.v2', 'feature_flag.result.variant': variant };
    const over = { metric: 'feature_flag.evaluation_success_total', kind: 'sum', temporality: 'delta' } as const;
    const stream = sink.openStream(identity({ ...over, unit: '', resource, attributes: attributes(names) }));
    sink.numberPoint(stream, at(block), at(block + 1), count);
  }
};

const byRecords: Telling = (sink, resource, block, on, off) => {
  for (const [variant, count] of Object.entries({ on, off })) {
    for (let i = 0; i < count; i++) {
      sink.flagEvaluation({ timeMs: at(block) + i, traceId: '', spanId: '', resource, flag: 'backoff.v2', variant });
    }
  }
};

const byNothing: Telling = () => undefined;

/** Four instances of twelve get the flag for half of their requests, which take twice as long. */
function foldedWorld(telling: Telling, slowdown: number) {
  const random = seededRandom(17);
  const folding = createFolding({ resolutionMs: BLOCK_MS, indicators: [], exposureAttributes: new Set() });
  for (let block = 0; block < ALL_BLOCKS; block++) {
    for (let instance = 0; instance < INSTANCES; instance++) {
      const resource = attributes({
        'service.name': 'gateway',
        'service.instance.id': `gateway-${instance}`,
        'service.version': block < ROLLOUT_BLOCK ? '4.1.9' : '4.2.0',
      });
      const on = block >= FLAG_BLOCK && instance < INSTANCES / 3 ? REQUESTS / 2 : 0;
      for (let request = 0; request < REQUESTS; request++) {
        const seconds = 0.05 * Math.exp(0.5 * random.normal()) * (request < on ? slowdown : 1);
        const startMs = at(block) + (request * BLOCK_MS) / REQUESTS;
        const spanId = `${block}-${instance}-${request}`;
        folding.sink.span(span({ resource, traceId: spanId, spanId, startMs, endMs: startMs + 1000 * seconds }));
      }
      telling(folding.sink, resource, block, on, REQUESTS - on);
    }
  }
  return folding.finish().cells;
}

function suspectsOf(report: Report): Map<string, Suspect> {
  return new Map(report.suspects.map((suspect) => [suspect.change, suspect]));
}

describe('a flag that requests do not carry, on for a part of the traffic of some instances', () => {
  it.each([
    ['the counter', byCounter],
    ['log records', byRecords],
  ])('is blamed by what %s says of each instance, and what came beside it is not', (_name, telling) => {
    const report = reportOf(foldedWorld(telling, 2), upgradeOf({ changes: CHANGES }));
    const suspects = suspectsOf(report);
    expect(report.verdict).toBe('regressed');
    expect(suspects.get('backoff.v2')).toMatchObject({ rank: 1, verdict: 'blamed' });
    expect(suspects.get('backoff.v2')?.share?.low).toBeGreaterThan(0.5);
    expect(suspects.get('gateway-4.2.0')?.verdict).toBe('cleared');
    expect(['cleared', 'no-evidence']).toContain(suspects.get('nightly-report')?.verdict);
  });

  it('cannot be told from what came beside it where nothing counts it', () => {
    const report = reportOf(foldedWorld(byNothing, 2), upgradeOf({ changes: CHANGES }));
    expect(report.quality.map(({ code }) => code)).toContain('change-not-visible');
    expect(suspectsOf(report).get('backoff.v2')?.verdict).toBe('cannot-separate');
  });

  it('is inferred and blamed where the document lists nothing', () => {
    const report = reportOf(foldedWorld(byCounter, 2), upgradeOf());
    expect(report.suspects[0]).toMatchObject({ change: 'gateway flag backoff.v2 off -> on', verdict: 'blamed' });
  });

  it('is blamed for nothing where it does nothing', () => {
    const report = reportOf(foldedWorld(byCounter, 1), upgradeOf({ changes: CHANGES }));
    expect(report.suspects.map(({ verdict }) => verdict)).not.toContain('blamed');
  });
});

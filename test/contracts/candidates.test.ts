import { describe, expect, it } from 'vitest';
import { CANDIDATE_KINDS } from '../../src/analysis/candidates/index.ts';
import { resolvePhases } from '../../src/analysis/phases.ts';
import type { CellSeries } from '../../src/domain/cells.ts';
import { CHANGE_KINDS } from '../../src/domain/change-kinds.ts';
import { AppError } from '../../src/domain/error.ts';
import type { Report, Suspect } from '../../src/domain/report.ts';
import type { Change } from '../../src/domain/upgrade.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, at, change, FIRST_POST_BLOCK, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const FLAG_BLOCK = FIRST_POST_BLOCK + 15;
const slow = { ...ORDINARY, medianSeconds: ORDINARY.medianSeconds * 2 };

const CHANGES: Readonly<Record<string, Change>> = {
  binary: change('gateway-4.2.0', { from: '4.1.9', to: '4.2.0', atMs: at(FIRST_POST_BLOCK - 5) }),
  flag: change('backoff.v2', { kind: 'flag', subject: 'backoff.v2', from: 'off', to: 'on', atMs: at(FLAG_BLOCK) }),
  config: change('pool.size', { kind: 'config', subject: 'pool.size', to: '64', atMs: at(FLAG_BLOCK) }),
  dependency: change('payments', { kind: 'dependency', service: null, peer: 'payments', atMs: at(FLAG_BLOCK) }),
  schedule: change('nightly-report', { kind: 'schedule', atMs: at(FLAG_BLOCK) }),
  traffic: change('campaign', { kind: 'traffic', atMs: at(FLAG_BLOCK) }),
};

/** Half of the requests see the flag on from FLAG_BLOCK, on the same instance; those and only those become slower. */
function flagWorld(seed = 11, share = 0.5): CellSeries[] {
  const random = seededRandom(seed);
  const withFlag = (variant: string) => new Map([['feature_flag.backoff.v2', variant]]);
  const off = { ...ORDINARY, requests: 200 * (1 - share) };
  return [
    simulateRequests(cellKey(), ALL_BLOCKS, (block) => (block < FIRST_POST_BLOCK - 5 ? ORDINARY : null), random),
    simulateRequests(
      cellKey({ version: '4.2.0', attributes: withFlag('off') }),
      ALL_BLOCKS,
      (block) => (block < FIRST_POST_BLOCK - 5 ? null : block < FLAG_BLOCK ? ORDINARY : off),
      random,
    ),
    simulateRequests(
      cellKey({ version: '4.2.0', attributes: withFlag('on') }),
      ALL_BLOCKS,
      (block) => (block < FLAG_BLOCK ? null : { ...slow, requests: 200 * share }),
      random,
    ),
  ];
}

/** Everything becomes slower at once, nothing tells who met what. */
function timeWorld(firstSlowBlock: number, seed = 5): CellSeries[] {
  const key = cellKey({ version: null });
  return [simulateRequests(key, ALL_BLOCKS, (block) => (block < firstSlowBlock ? ORDINARY : slow), seededRandom(seed))];
}

const PHASES = resolvePhases(upgradeOf(), at(0), at(ALL_BLOCKS));

/** What each kind leaves to be seen of the change in the world below. */
const TRACES: Readonly<Record<string, readonly string[]>> = {
  binary: ['gateway 4.1.9 -> 4.2.0'],
  flag: ['gateway flag backoff.v2 off -> on'],
  config: ['gateway config pool.size 32 -> 64'],
  dependency: ['peer payments'],
  schedule: [],
  traffic: [],
};

function steadyWorld(): CellSeries[] {
  return settingsWorld((block) => block >= 0, '4.1.9', 'off', '32', 'ledger');
}

/** From FLAG_BLOCK on, everything that telemetry can name is another. */
function changingWorld(): CellSeries[] {
  return [
    ...settingsWorld((block) => block < FLAG_BLOCK, '4.1.9', 'off', '32', 'ledger'),
    ...settingsWorld((block) => block >= FLAG_BLOCK, '4.2.0', 'on', '64', 'payments'),
  ];
}

function settingsWorld(
  runs: (block: number) => boolean,
  version: string,
  variant: string,
  size: string,
  peer: string,
): CellSeries[] {
  const attributes = new Map([
    ['config.pool.size', size],
    ['feature_flag.backoff.v2', variant],
  ]);
  return [null, peer].map((called) =>
    simulateRequests(
      cellKey({ version, attributes, peer: called }),
      ALL_BLOCKS,
      (block) => (runs(block) ? ORDINARY : null),
      seededRandom(3),
    ),
  );
}

function suspectsOf(report: Report): Map<string, Suspect> {
  return new Map(report.suspects.map((suspect) => [suspect.change, suspect]));
}

it('the document and the analysis know the same kinds', () => {
  expect([...CANDIDATE_KINDS.keys()].sort()).toEqual(Object.keys(CHANGE_KINDS).sort());
});

it('an unknown kind is an error that lists the kinds, never a default', () => {
  const upgrade = upgradeOf({ changes: [change('x', { kind: 'weather' })] });
  expect(() => reportOf(cellsOf(timeWorld(FIRST_POST_BLOCK)), upgrade)).toThrow(AppError);
});

describe.each(Object.entries(CHANGES))('a %s', (_kind, candidate) => {
  it('is never before its own effect: a change long after the onset is cleared', () => {
    const late = { ...candidate, to: 'unseen', atMs: at(ALL_BLOCKS - 5) };
    const calls = [{ service: 'gateway', endpoint: 'POST /orders', peer: 'payments', calleeService: null }];
    const report = reportOf(cellsOf(timeWorld(FIRST_POST_BLOCK), calls), upgradeOf({ changes: [late] }));
    expect(report.verdict).toBe('regressed');
    expect(report.suspects[0]?.verdict).toBe('cleared');
    expect(report.suspects[0]?.evidence.join(' ')).toMatch(/after the regression had begun/);
  });

  it('is inferred from what a world shows of it, or never, and then in the shape a document would give it', () => {
    const kind = CANDIDATE_KINDS.get(candidate.kind)!;
    const inferred = kind.infer(cellsOf(changingWorld()), PHASES);
    expect(inferred.map(({ id }) => id)).toEqual(TRACES[candidate.kind]);
    expect(kind.infer(cellsOf(steadyWorld()), PHASES)).toEqual([]);
    for (const one of inferred) {
      const { needs } = CHANGE_KINDS[candidate.kind as keyof typeof CHANGE_KINDS];
      expect(one.kind).toBe(candidate.kind);
      for (const field of needs) {
        const isSubject = field === 'flag' || field === 'key';
        expect(one[isSubject ? 'subject' : field]).not.toBeNull();
      }
      expect(one.atMs).toBe(at(FLAG_BLOCK));
      expect(one.lastMs).toBeGreaterThanOrEqual(one.atMs);
    }
  });

  it('on a service the endpoint never calls is cleared', () => {
    const elsewhere = { ...candidate, service: 'catalog', peer: candidate.peer === null ? null : 'elsewhere' };
    const calls = [{ service: 'catalog', endpoint: null, peer: 'elsewhere', calleeService: null }];
    const quiet = simulateRequests(cellKey({ service: 'catalog' }), ALL_BLOCKS, () => ORDINARY, seededRandom(3));
    const world = [...timeWorld(FLAG_BLOCK), quiet];
    const report = reportOf(cellsOf(world, calls), upgradeOf({ changes: [elsewhere] }));
    expect(report.suspects[0]?.verdict).toBe('cleared');
    expect(report.suspects[0]?.evidence.join(' ')).toMatch(/lies on no path of calls/);
  });

  it('on a service that no telemetry tells of is not cleared for being nowhere', () => {
    const nowhere = { ...candidate, service: 'catalogue', peer: candidate.peer === null ? null : 'elsewhere' };
    const report = reportOf(cellsOf(timeWorld(FLAG_BLOCK)), upgradeOf({ changes: [nowhere] }));
    expect(report.suspects[0]?.verdict).toBe('no-evidence');
    expect(report.suspects[0]?.evidence.join(' ')).toMatch(/no telemetry tells of (catalogue|elsewhere)/i);
  });

  it('that has no time and cannot be seen is never blamed', () => {
    const vague = { ...candidate, atMs: null, to: 'unseen' };
    const calls = [{ service: 'gateway', endpoint: 'POST /orders', peer: 'payments', calleeService: null }];
    const report = reportOf(cellsOf(timeWorld(FLAG_BLOCK), calls), upgradeOf({ changes: [vague] }));
    expect(report.suspects[0]?.verdict).toBe('no-evidence');
  });
});

describe('a flag split over the same instances', () => {
  const changes = [CHANGES.binary!, CHANGES.flag!, CHANGES.config!];

  it('is blamed with most of the move, and what met everything else is cleared', () => {
    const suspects = suspectsOf(reportOf(cellsOf(flagWorld()), upgradeOf({ changes })));
    expect(suspects.get('backoff.v2')).toMatchObject({ rank: 1, verdict: 'blamed' });
    expect(suspects.get('backoff.v2')?.share?.estimate).toBeGreaterThan(0.7);
    expect(suspects.get('gateway-4.2.0')?.verdict).toBe('cleared');
    expect(suspects.get('pool.size')?.verdict).toBe('cleared');
  });

  it('is blamed on a tenth of the traffic too, where it is compared with the traffic beside it', () => {
    const split = flagWorld(3, 0.1).map((series) => ({ ...series, key: { ...series.key, version: '4.2.0' } }));
    const report = reportOf(cellsOf(split), upgradeOf({ changes: [CHANGES.flag!] }));
    expect(report.verdict).toBe('regressed');
    expect(report.suspects[0]).toMatchObject({ change: 'backoff.v2', verdict: 'blamed' });
  });

  it('keeps its place when an unrelated change is added', () => {
    const orderOf = (list: readonly Change[]) =>
      reportOf(cellsOf(flagWorld()), upgradeOf({ changes: list })).suspects.map((suspect) => suspect.change);
    const unrelated = change('catalog-2', { service: 'catalog', from: '1', to: '2', atMs: at(FLAG_BLOCK) });
    expect(orderOf([...changes, unrelated]).filter((id) => id !== unrelated.id)).toEqual(orderOf(changes));
  });

  it('does not depend on the order of series', () => {
    const forward = reportOf(cellsOf(flagWorld()), upgradeOf({ changes }));
    const backward = reportOf(cellsOf([...flagWorld()].reverse()), upgradeOf({ changes }));
    expect(backward).toEqual(forward);
  });
});

describe('a flag that opens a slow path in a new binary', () => {
  /** All four combinations run side by side; only both together are slow. */
  const world = (): CellSeries[] => {
    const random = seededRandom(21);
    return ['4.1.9', '4.2.0'].flatMap((version) =>
      ['off', 'on'].map((variant) => {
        const isSlow = version === '4.2.0' && variant === 'on';
        const key = cellKey({ version, attributes: new Map([['feature_flag.backoff.v2', variant]]) });
        return simulateRequests(
          key,
          ALL_BLOCKS,
          (block) => {
            if (block < FIRST_POST_BLOCK) return version === '4.1.9' && variant === 'off' ? ORDINARY : null;
            return { ...(isSlow ? slow : ORDINARY), requests: 60 };
          },
          random,
        );
      }),
    );
  };

  it('is told from the binary by the 2×2: the flag keeps the blame, the binary carries it and is harmless without', () => {
    const suspects = suspectsOf(reportOf(cellsOf(world()), upgradeOf({ changes: [CHANGES.binary!, CHANGES.flag!] })));
    expect(suspects.get('backoff.v2')).toMatchObject({ rank: 1, verdict: 'blamed' });
    expect(suspects.get('gateway-4.2.0')?.verdict).toBe('contributing');
    expect(suspects.get('gateway-4.2.0')?.evidence.join(' ')).toMatch(/do harm only together/);
  });
});

describe('two changes that came together', () => {
  const together = [CHANGES.config!, CHANGES.schedule!];

  it('are named as inseparable, with the cheapest step that would tell them apart', () => {
    const suspects = suspectsOf(reportOf(cellsOf(timeWorld(FLAG_BLOCK)), upgradeOf({ changes: together })));
    const config = suspects.get('pool.size');
    expect(config).toMatchObject({ verdict: 'cannot-separate', inseparable_from: ['nightly-report'] });
    expect(config?.separate_by).toMatch(/for about \d+ min/);
    expect(suspects.get('nightly-report')?.score).toBe(config?.score);
  });

  it('are both cleared when nothing got worse', () => {
    const report = reportOf(cellsOf(timeWorld(ALL_BLOCKS)), upgradeOf({ changes: together }));
    expect(report.verdict).not.toBe('regressed');
    expect(report.suspects.map(({ verdict }) => verdict)).not.toContain('blamed');
  });
});

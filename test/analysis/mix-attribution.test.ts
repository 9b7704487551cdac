import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Suspect } from '../../src/domain/report.ts';
import { evenSeries } from '../support/mixed-cells.ts';
import { cellsOf } from '../support/simulated-cells.ts';
import {
  BASELINE_BLOCKS,
  change,
  FIRST_POST_BLOCK,
  POST_BLOCKS,
  reportOf,
  upgradeOf,
} from '../support/simulated-upgrade.ts';

const STRATUM = 'client.type';
const ALL = 240_000;

/** Errors of a kind without any change; the flag `harm` doubles them, the flag `beta` does nothing. */
const CLIENTS = [
  { name: 'web', share: 0.7, errorShare: 0.01, betaShare: 0.1 },
  { name: 'mobile', share: 0.3, errorShare: 0.05, betaShare: 0.9 },
];

function flagged(beta: 'on' | 'off', harm: 'on' | 'off') {
  return {
    attributes: new Map([
      ['feature_flag.beta', beta],
      ['feature_flag.harm', harm],
    ]),
  };
}

/** Before, both flags are off; after, `beta` is mostly for mobile clients and `harm` for half of everyone. */
const traffic: CellSeries[] = CLIENTS.flatMap(({ name, share, errorShare, betaShare }) => {
  const kind = (part: number, factor: number) => ({
    name,
    requests: ALL * share * part,
    events: ALL * share * part * errorShare * factor,
  });
  const after = (['on', 'off'] as const).flatMap((beta) =>
    (['on', 'off'] as const).map((harm) => {
      const part = 0.5 * (beta === 'on' ? betaShare : 1 - betaShare);
      const one = kind(part, harm === 'on' ? 2 : 1);
      return evenSeries(STRATUM, one, FIRST_POST_BLOCK, POST_BLOCKS, flagged(beta, harm));
    }),
  );
  return [evenSeries(STRATUM, kind(1, 1), 0, BASELINE_BLOCKS, flagged('off', 'off')), ...after];
});

function suspectsWith(strata: readonly string[]): Map<string, Suspect> {
  const changes = ['beta', 'harm'].map((flag) => change(flag, { kind: 'flag', subject: flag, from: 'off', to: 'on' }));
  const { suspects } = reportOf(cellsOf(traffic), upgradeOf({ changes, strata }));
  return new Map(suspects.map((suspect) => [suspect.change, suspect]));
}

describe('a harmless flag that clients with more errors mostly have', () => {
  it('takes part of the blame where nobody tells clients apart', () => {
    expect(suspectsWith([]).get('beta')?.verdict).not.toBe('cleared');
  });

  it('is cleared where each kind of client is compared with itself, and the harmful one is blamed', () => {
    const suspects = suspectsWith([STRATUM]);
    expect(suspects.get('harm')?.verdict).toBe('blamed');
    expect(suspects.get('beta')?.verdict).toBe('cleared');
  });
});

import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report.ts';
import { seededRandom } from '../support/seeded-random.ts';
import {
  CALL_BLOCKS,
  type CallWorld,
  cellsOfCalls,
  FIRST_POST_CALLS,
  FLAG,
  PEER,
  STEADY_CALLS,
} from '../support/simulated-calls.ts';
import { at, change, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const FLAG_CHANGE = change(FLAG, { kind: 'flag', subject: FLAG, from: 'off', to: 'on', atMs: at(FIRST_POST_CALLS) });
const OTHER_FLAG = change('other', { kind: 'flag', subject: 'other', from: 'off', to: 'on' });

function reportAbout(fields: Partial<CallWorld>, seed: number): Report {
  const upgrade = upgradeOf({
    window: { startMs: at(CALL_BLOCKS.baseline), endMs: at(FIRST_POST_CALLS) },
    baseline: [{ startMs: at(0), endMs: at(CALL_BLOCKS.baseline) }],
    post: { startMs: at(FIRST_POST_CALLS), endMs: at(CALL_BLOCKS.all) },
    changes: [OTHER_FLAG, FLAG_CHANGE],
  });
  const cells = cellsOfCalls({ ...STEADY_CALLS, ...fields }, seededRandom(seed));
  return reportOf(cells, upgrade, { lastMs: at(CALL_BLOCKS.all) });
}

const half = (block: number): number => (block >= FIRST_POST_CALLS ? 0.5 : 0);

/** With the flag, calls are repeated at once, into a service that has not recovered: retries fail and pile up. */
const HASTY: Partial<CallWorld> = {
  flagShare: half,
  delaySeconds: ({ flagOn, ...moment }, random) =>
    (flagOn ? 0.1 : 1) * STEADY_CALLS.delaySeconds({ flagOn, ...moment }, random),
  failureChance: ({ ordinal, flagOn }) => (ordinal === 1 ? 0.06 : flagOn ? 0.7 : 0.05),
};

describe('a flag with which calls are repeated ten times as soon', () => {
  const report = reportAbout(HASTY, 3);
  const mechanism = report.mechanisms.find((one) => one.mechanism === 'backoff changed');

  it('is named as what changed the backoff, and no other change is', () => {
    expect(mechanism).toMatchObject({ service: 'gateway', endpoint: 'POST /orders', peer: PEER, suspects: [FLAG] });
    expect(mechanism?.explains).toContain('retry_ratio');
    expect(report.mechanisms.flatMap(({ suspects }) => suspects)).not.toContain('other');
  });

  it('shows the known delays: 200 ms without it, 20 ms with it, in blocks that had both', () => {
    const sentence = mechanism?.evidence.find((one) => one.startsWith(FLAG)) ?? '';
    const [, post, baseline] = /is ([\d.]+) ms with it against ([\d.]+) ms without it/.exec(sentence) ?? [];
    expect(Number(post)).toBeGreaterThan(18);
    expect(Number(post)).toBeLessThan(22);
    expect(Number(baseline)).toBeGreaterThan(185);
    expect(Number(baseline)).toBeLessThan(215);
    expect(sentence).toMatch(/in the same 40 blocks\.$/);
  });

  it('carries the sentence in its evidence, after what blames it', () => {
    const suspect = report.suspects.find((one) => one.change === FLAG);
    expect(suspect?.verdict).toBe('blamed');
    expect(suspect?.evidence.at(-1)).toMatch(/^backoff\.v2 did it by waiting shorter before calls are repeated/);
  });
});

describe('a regression that is none of the mechanisms', () => {
  it.each([1, 2, 3])('more failures alone are regressed and show none (seed %i)', (seed) => {
    const report = reportAbout({ failureChance: ({ block }) => (block >= FIRST_POST_CALLS ? 0.2 : 0.04) }, seed);
    expect(report.verdict).toBe('regressed');
    expect(report.mechanisms).toEqual([]);
  });

  it('more failures with the flag alone blame the flag and show none', () => {
    const failureChance: CallWorld['failureChance'] = ({ flagOn }) => (flagOn ? 0.25 : 0.04);
    const report = reportAbout({ flagShare: half, failureChance }, 5);
    expect(report.suspects[0]?.change).toBe(FLAG);
    expect(report.mechanisms).toEqual([]);
  });
});

it('where nothing regressed nothing is said, even of a backoff that changed for the better', () => {
  const report = reportAbout(
    {
      failureChance: ({ ordinal }) => (ordinal === 1 ? 0.05 : 0),
      delaySeconds: (moment, random) =>
        (moment.block >= FIRST_POST_CALLS ? 0.25 : 1) * STEADY_CALLS.delaySeconds(moment, random),
    },
    2,
  );
  expect(report.verdict).not.toBe('regressed');
  expect(report.mechanisms).toEqual([]);
});

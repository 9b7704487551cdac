import { describe, expect, it } from 'vitest';
import { type Contrast, contrastsOf } from '../../../src/analysis/attribution/contrast.ts';
import type { ExposureCells } from '../../../src/analysis/attribution/exposure-cells.ts';
import { readExposure } from '../../../src/analysis/exposure/exposure.ts';
import type { CellSeries } from '../../../src/domain/cells.ts';
import type { Report } from '../../../src/domain/report.ts';
import type { Change } from '../../../src/domain/upgrade.ts';
import { type SeededRandom, seededRandom } from '../../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../../support/simulated-cells.ts';
import { ALL_BLOCKS, change, FIRST_POST_BLOCK, reportOf, upgradeOf } from '../../support/simulated-upgrade.ts';

/** What a change meets: some hosts from some block on, with a share of their requests. */
interface Reach {
  readonly isMet: (host: number, block: number) => boolean;
  readonly share?: number;
  readonly effect: number;
}

const HOSTS = 10;
const BLOCKS = 40;
const POST_FROM = 20;

/** Cells of hosts that differ, drift and share their blocks; a change for a share of requests splits its cells in two. */
function cellsOfFleet(reaches: readonly Reach[], random: SeededRandom): ExposureCells {
  const hosts = Array.from({ length: HOSTS }, () => ({ level: 0.05 * random.normal(), drift: 0.02 * random.normal() }));
  const rows: { block: number; host: number; rate: number; requests: number; doses: number[] }[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const ofBlock = 0.05 * random.normal();
    hosts.forEach(({ level, drift }, host) => {
      for (const { doses, part } of split(reaches, host, block)) {
        const effect = reaches.reduce((sum, reach, i) => sum + reach.effect * doses[i]!, 0);
        const own = level + (block >= POST_FROM ? drift : 0);
        const requests = 100 * part;
        const noise = (0.3 * random.normal()) / Math.sqrt(requests);
        rows.push({ block, host, requests, doses, rate: 0.2 + ofBlock + own + effect + noise });
      }
    });
  }
  return {
    series: [],
    exposures: reaches.map((_, i) => readExposure(change(`change-${i}`), [])),
    rate: Float64Array.from(rows, ({ rate }) => rate),
    requests: Float64Array.from(rows, ({ requests }) => requests),
    block: Int32Array.from(rows, ({ block }) => block),
    host: Int32Array.from(rows, ({ host }) => host),
    hostNames: hosts.map((_, host) => `host-${host}`),
    stratum: new Int32Array(rows.length),
    arm: new Int32Array(rows.length),
    arms: 1,
    isPost: Uint8Array.from(rows, ({ block }) => (block >= POST_FROM ? 1 : 0)),
    doses: reaches.map((_, i) => Float64Array.from(rows, ({ doses }) => doses[i]!)),
    rowOf: [],
    hosts: HOSTS,
    strata: 1,
  };
}

function split(reaches: readonly Reach[], host: number, block: number): { doses: number[]; part: number }[] {
  return reaches.reduce<{ doses: number[]; part: number }[]>(
    (cells, { isMet, share = 1 }) =>
      cells.flatMap(({ doses, part }) => {
        if (!isMet(host, block)) return [{ doses: [...doses, 0], part }];
        if (share === 1) return [{ doses: [...doses, 1], part }];
        return [
          { doses: [...doses, 1], part: part * share },
          { doses: [...doses, 0], part: part * (1 - share) },
        ];
      }),
    [{ doses: [], part: 1 }],
  );
}

const onHosts = (first: number, last: number, from: number, effect = 0): Reach => ({
  isMet: (host, block) => host >= first && host <= last && block >= from,
  effect,
});
const forHalf = (from: number, effect = 0): Reach => ({ isMet: (_, block) => block >= from, share: 0.5, effect });
const walking = (effect = 0): Reach => ({ isMet: (host, block) => block >= 21 + 1.5 * host, effect });

const GUILTY = 0.1;

function contrasts(reaches: readonly Reach[], random: SeededRandom): (Contrast | null)[] {
  return [...contrastsOf(cellsOfFleet(reaches, random), 0.95).of];
}

describe('what a change did to traffic that met it', () => {
  it.each([
    [
      'a release on half of the hosts, with another on some of both halves',
      [onHosts(0, 4, 20, GUILTY), onHosts(3, 7, 20)],
    ],
    [
      'a flag for half of the requests, beside a release on half of the hosts',
      [forHalf(22, GUILTY), onHosts(0, 4, 20)],
    ],
    ['a release that walks over all hosts, beside a flag', [walking(GUILTY), forHalf(21)]],
    ['a flag, beside a harmless release that walks over all hosts', [forHalf(21, GUILTY), walking()]],
    ['two that both did it', [onHosts(0, 4, 20, GUILTY), forHalf(22, GUILTY)]],
  ])('is in its interval in 93 of 100 draws, and a rider is called guilty in at most 4: %s', (_, reaches) => {
    const random = seededRandom(21);
    const draws = 400;
    let [covered, blamed] = [0, 0];
    for (let draw = 0; draw < draws; draw++) {
      const [first, rider] = contrasts(reaches, random);
      if (first!.difference.low <= GUILTY && GUILTY <= first!.difference.high) covered++;
      if (rider!.difference.low > (reaches[1]!.effect === 0 ? 0 : 1)) blamed++;
    }
    expect(covered / draws).toBeGreaterThan(0.93);
    expect(blamed / draws).toBeLessThan(0.045);
  });

  it('cannot be told from time where all traffic met it at once', () => {
    const [everywhere, flag] = contrasts([onHosts(0, 9, 20, GUILTY), forHalf(22)], seededRandom(3));
    expect(everywhere).toBeNull();
    expect(flag).not.toBeNull();
  });

  it('is one question for changes that met the same traffic, or of which one is the sum of others', () => {
    const same = contrasts([onHosts(0, 4, 20, GUILTY), forHalf(22), onHosts(0, 4, 20)], seededRandom(4));
    expect(same.map((one) => one!.inseparableFrom)).toEqual([[2], [], [0]]);
    const sum = contrasts([onHosts(0, 2, 20), onHosts(3, 5, 20), onHosts(0, 5, 20)], seededRandom(4));
    expect(sum.map((one) => one!.inseparableFrom)).toEqual([
      [1, 2],
      [0, 2],
      [0, 1],
    ]);
  });

  it('is the same whatever the order of the changes', () => {
    const reaches = [onHosts(0, 4, 20, GUILTY), forHalf(22), onHosts(3, 7, 24)];
    const forward = contrastsOf(cellsOfFleet(reaches, seededRandom(6)), 0.95).of;
    const cells = cellsOfFleet(reaches, seededRandom(6));
    const backward = contrastsOf({ ...cells, doses: [...cells.doses].reverse() }, 0.95).of;
    [...backward].reverse().forEach((contrast, i) => {
      expect(contrast!.difference.estimate).toBeCloseTo(forward[i]!.difference.estimate, 9);
      expect(contrast!.difference.low).toBeCloseTo(forward[i]!.difference.low, 9);
    });
  });

  it('is told by traffic beside it where it came with new hosts, which have no before', () => {
    const random = seededRandom(8);
    const cells = cellsOfFleet([onHosts(0, 4, 20, GUILTY)], random);
    const isNew = (row: number): boolean => cells.host[row]! < 5 && cells.isPost[row] === 1;
    const host = cells.host.map((one, row) => (isNew(row) ? one + HOSTS : one));
    const [contrast] = contrastsOf({ ...cells, host }, 0.95).of;
    expect(contrast!.difference.low).toBeLessThan(GUILTY);
    expect(contrast!.difference.high).toBeGreaterThan(GUILTY);
  });
});

describe('a dose', () => {
  const flag = change('new-cart', { kind: 'flag', subject: 'new-cart', from: 'off', to: 'on' });
  const withVariant = (variant: string): CellSeries => ({
    ...simulateRequests(
      cellKey({ attributes: new Map([['feature_flag.new-cart', variant]]) }),
      2,
      () => ORDINARY,
      seededRandom(1),
    ),
  });

  it('is the part of the variants that a request met, mostly all or none', () => {
    const { dose, exposed, sight } = readExposure(flag, ['on', 'off', 'off|on', 'a|off|on'].map(withVariant));
    expect(dose).toEqual([1, 0, 1 / 2, 1 / 3]);
    expect(exposed).toEqual([true, false, true, true]);
    expect(sight).toBe('visible');
  });

  it('is read off counted shares where the cells show nothing', () => {
    const series = ['a', 'b'].map((instance) =>
      simulateRequests(cellKey({ instance }), 4, () => ({ ...ORDINARY, requests: 10 }), seededRandom(1)),
    );
    const shares = {
      shareOf: (_: Change, { instance }: { instance: string | null }, block: number) =>
        instance === 'a' ? (block % 2 === 0 ? 0.5 : 0.1) : null,
    };
    const { dose, doseByRow, exposed } = readExposure(flag, series, shares);
    expect(doseByRow?.map((rows) => [...rows].sort())).toEqual([
      [0.1, 0.1, 0.5, 0.5],
      [0, 0, 0, 0],
    ]);
    expect(dose[0]).toBeCloseTo(0.3, 12);
    expect(exposed).toEqual([true, false]);
    expect(readExposure(flag, series, { shareOf: () => null }).sight).toBe('unseen');
  });

  it('scales the effect: hosts that met it with half of their requests show half of it', () => {
    const cells = cellsOfFleet([forHalf(22, GUILTY)], seededRandom(9));
    const key = (row: number): string => `${cells.host[row]}/${cells.block[row]}`;
    const random = seededRandom(10);
    const dose = Float64Array.from({ length: HOSTS }, () => random.uniform());
    const rows = [...new Map([...cells.rate.keys()].map((row) => [key(row), row])).values()];
    const pick = (column: Float64Array | Int32Array | Uint8Array): number[] => rows.map((row) => column[row]!);
    const doses = rows.map((row) => (cells.block[row]! >= 22 ? dose[cells.host[row]!]! : 0));
    const [contrast] = contrastsOf(
      {
        ...cells,
        rate: Float64Array.from(
          rows,
          (row, i) => 0.01 * cells.block[row]! + GUILTY * doses[i]! + 0.001 * random.normal(),
        ),
        requests: Float64Array.from(pick(cells.requests)),
        block: Int32Array.from(pick(cells.block)),
        host: Int32Array.from(pick(cells.host)),
        stratum: new Int32Array(rows.length),
        arm: new Int32Array(rows.length),
        isPost: Uint8Array.from(pick(cells.isPost)),
        doses: [Float64Array.from(doses)],
      },
      0.95,
    ).of;
    expect(contrast!.difference.estimate).toBeCloseTo(GUILTY, 2);
  });
});

describe('suspects by what ran beside each other', () => {
  const SLOW = { ...ORDINARY, medianSeconds: 0.1 };
  const binary = change('v2', { to: '4.2.0' });
  const config = change('pool.size', { kind: 'config', subject: 'pool.size', from: '64', to: '8' });
  const log = change('log.level', { kind: 'config', subject: 'log.level', from: 'info', to: 'debug' });

  /** Six hosts; the binary and the pool's size come to three of them at once, the log level to two of both kinds. */
  function fleet(): CellSeries[] {
    const random = seededRandom(31);
    return Array.from({ length: 6 }, (_, host) => host).flatMap((host) =>
      [false, true].map((isPost) => {
        const isMet = isPost && host < 3;
        const attributes = new Map([
          ['config.pool.size', isMet ? '8' : '64'],
          ['config.log.level', isPost && (host === 0 || host > 3) ? 'debug' : 'info'],
        ]);
        const key = cellKey({ instance: `gateway-${host}`, version: isMet ? '4.2.0' : '4.1.9', attributes });
        const behaviour = { ...(isMet ? SLOW : ORDINARY), requests: 60 };
        return simulateRequests(
          key,
          ALL_BLOCKS,
          (block) => (block >= FIRST_POST_BLOCK === isPost ? behaviour : null),
          random,
        );
      }),
    );
  }

  const report = (changes: readonly Change[]): Report => reportOf(cellsOf(fleet()), upgradeOf({ changes }));
  const suspect = (one: Report, id: string) => one.suspects.find((each) => each.change === id)!;

  it('are one set where their traffic was the same: named in each other, with the same score, never ranked apart', () => {
    const told = report([binary, log, config]);
    expect(suspect(told, 'v2')).toMatchObject({ verdict: 'cannot-separate', inseparable_from: ['pool.size'] });
    expect(suspect(told, 'pool.size')).toMatchObject({ verdict: 'cannot-separate', inseparable_from: ['v2'] });
    expect(suspect(told, 'v2').score).toBe(suspect(told, 'pool.size').score);
    expect(suspect(told, 'v2').separate_by).toMatch(/pool.size/);
    expect(suspect(told, 'log.level').verdict).toBe('cleared');
  });

  it('show the levels they were told by, one row for each set of changes that traffic met', () => {
    const { table } = suspect(report([binary, log]), 'v2');
    expect(table?.rows.map(({ met }) => met)).toEqual([[], ['log.level'], ['v2'], ['v2', 'log.level']]);
    const [none, , v2] = table!.rows;
    expect(v2!.value).toBeGreaterThan(1.5 * none!.value);
    expect(table!.blocks).toBe(60);
  });

  it('keep their verdicts and their order whatever the order of the document, and whatever else is listed', () => {
    const plain = report([binary, log]);
    const other = report([log, change('elsewhere', { service: 'reports', to: '7' }), binary]);
    const verdicts = (one: Report) =>
      one.suspects.filter(({ change }) => change !== 'elsewhere').map(({ change, verdict }) => [change, verdict]);
    expect(verdicts(other)).toEqual(verdicts(plain));
    expect(verdicts(plain)).toEqual([
      ['v2', 'blamed'],
      ['log.level', 'cleared'],
    ]);
  });
});

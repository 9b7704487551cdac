import { describe, expect, it } from 'vitest';
import { type FixedEffectsInput, fixedEffectsFit, intervalOf } from '../../src/statistics/fixed-effects-fit.ts';
import { mantelHaenszelDifference } from '../../src/statistics/mantel-haenszel.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';

interface Panel {
  readonly hosts: number;
  readonly blocks: number;
  /** Hosts below this number are exposed from `from` on. */
  readonly exposed: number;
  readonly from: number;
  readonly effect: number;
  /** Standard deviations of hosts, of hosts' own drift after `from`, of blocks, and of what is left. */
  readonly spread: { readonly host: number; readonly drift: number; readonly block: number; readonly noise: number };
}

const PANEL: Panel = {
  hosts: 10,
  blocks: 30,
  exposed: 5,
  from: 15,
  effect: 0.3,
  spread: { host: 1, drift: 0.2, block: 1, noise: 0.3 },
};

/** Hosts differ, blocks differ, and each host drifts on its own once the change is there. */
function panel({ hosts, blocks, exposed, from, effect, spread }: Panel, random: SeededRandom): FixedEffectsInput {
  const rows = hosts * blocks;
  const ofHost = Array.from({ length: hosts }, () => spread.host * random.normal());
  const drift = Array.from({ length: hosts }, () => spread.drift * random.normal());
  const ofBlock = Array.from({ length: blocks }, () => spread.block * random.normal());
  const host = Int32Array.from({ length: rows }, (_, row) => row % hosts);
  const block = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / hosts));
  const dose = Float64Array.from(host, (h, row) => (h < exposed && block[row]! >= from ? 1 : 0));
  return {
    columns: [dose],
    response: Float64Array.from(
      host,
      (h, row) =>
        ofHost[h]! +
        (block[row]! >= from ? drift[h]! : 0) +
        ofBlock[block[row]!]! +
        effect * dose[row]! +
        spread.noise * random.normal(),
    ),
    weights: Float64Array.from({ length: rows }, () => 50 + 100 * random.uniform()),
    groupings: [block, host],
    cluster: host,
  };
}

const own = (input: FixedEffectsInput, level = 0.95, column = 0) =>
  intervalOf(fixedEffectsFit(input), new Map([[column, 1]]), level);

describe('weighted least squares with fixed effects', () => {
  it('is the Mantel–Haenszel difference where blocks are all that is held equal', () => {
    const random = seededRandom(3);
    const blocks = Array.from({ length: 12 }, () => ({
      totals: [50 + Math.floor(100 * random.uniform()), 20 + Math.floor(200 * random.uniform())],
      rates: [random.uniform(), random.uniform()],
    }));
    const rows = blocks.flatMap(({ totals, rates }, block) =>
      [0, 1].map((arm) => ({ block, arm, total: totals[arm]!, rate: rates[arm]! })),
    );
    const block = Int32Array.from(rows, (row) => row.block);
    const fit = fixedEffectsFit({
      columns: [Float64Array.from(rows, ({ arm }) => arm)],
      response: Float64Array.from(rows, ({ rate }) => rate),
      weights: Float64Array.from(rows, ({ total }) => total),
      groupings: [block],
      cluster: block,
    });
    const events = (arm: number) => blocks.map(({ totals, rates }) => totals[arm]! * rates[arm]!);
    const { difference } = mantelHaenszelDifference({
      exposedEvents: events(1),
      exposedTotals: blocks.map(({ totals }) => totals[1]!),
      controlEvents: events(0),
      controlTotals: blocks.map(({ totals }) => totals[0]!),
    });
    expect(fit.coefficients[0]).toBeCloseTo(difference, 10);
  });

  it.each([
    ['five of ten hosts exposed', {}],
    ['three of ten', { exposed: 3 }],
    ['two of eight', { hosts: 8, exposed: 2 }],
    ['one of eight', { hosts: 8, exposed: 1 }],
    ['five of six', { hosts: 6, exposed: 5 }],
    ['hosts that do not drift', { spread: { host: 1, drift: 0, block: 1, noise: 0.3 } }],
  ] as [string, Partial<Panel>][])('holds the truth in at least 93 of 100 intervals: %s', (_, fields) => {
    const random = seededRandom(11);
    const draws = 800;
    let covered = 0;
    for (let draw = 0; draw < draws; draw++) {
      const { low, high } = own(panel({ ...PANEL, ...fields }, random));
      if (low <= PANEL.effect && PANEL.effect <= high) covered++;
    }
    expect(covered / draws).toBeGreaterThan(0.93);
  });

  it('is not so wide that a clear effect on half of the hosts is missed', () => {
    const random = seededRandom(12);
    let seen = 0;
    for (let draw = 0; draw < 100; draw++) if (own(panel({ ...PANEL, effect: 0.8 }, random)).low > 0) seen++;
    expect(seen).toBeGreaterThan(95);
  });

  it('has no bounds where one host met it and too few did not: nothing shows how much a host varies', () => {
    const { low, high } = own(panel({ ...PANEL, hosts: 4, exposed: 1 }, seededRandom(5)));
    expect([low, high]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('names columns that are the same, or a sum of others, or constant within groups', () => {
    const input = panel(PANEL, seededRandom(7));
    const half = input.columns[0]!.map((dose, row) => (input.cluster[row]! % 2 === 0 ? dose : 0));
    const rest = input.columns[0]!.map((dose, row) => dose - half[row]!);
    const time = Float64Array.from(input.groupings[0]!, (block) => (block >= PANEL.from ? 1 : 0));
    const { aliases } = fixedEffectsFit({ ...input, columns: [half, rest, input.columns[0]!, half, time] });
    const named = aliases.map(({ column, dependsOn }) => [column, dependsOn.map((one) => one.column)]);
    expect(named).toEqual([
      [2, [0, 1]],
      [3, [0]],
      [4, []],
    ]);
  });

  it('depends neither on the order of rows nor on the unit of the response', () => {
    const input = panel(PANEL, seededRandom(9));
    const order = Int32Array.from(input.response.keys()).reverse();
    const turned: FixedEffectsInput = {
      columns: input.columns.map((column) => Float64Array.from(order, (row) => column[row]!)),
      response: Float64Array.from(order, (row) => 1000 * input.response[row]!),
      weights: Float64Array.from(order, (row) => input.weights[row]!),
      groupings: input.groupings.map((grouping) => order.map((row) => grouping[row]!)),
      cluster: order.map((row) => input.cluster[row]!),
    };
    const [plain, other] = [own(input), own(turned)];
    expect(other.estimate).toBeCloseTo(1000 * plain.estimate, 6);
    expect(other.low).toBeCloseTo(1000 * plain.low, 5);
  });
});

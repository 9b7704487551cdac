import { describe, expect, it } from 'vitest';
import { MECHANISMS } from '../../src/analysis/mechanisms/index.ts';
import type { Signature, Traffic } from '../../src/analysis/mechanisms/mechanism.ts';
import { phaseOf, resolvePhases } from '../../src/analysis/phases.ts';
import { placeByBlock } from '../../src/analysis/sampling/placing.ts';
import { groupSubjects } from '../../src/analysis/subjects.ts';
import { seededRandom } from '../support/seeded-random.ts';
import {
  CALL_BLOCKS,
  type CallWorld,
  cellsOfCalls,
  FIRST_POST_CALLS,
  type Moment,
  PEER,
  STEADY_CALLS,
} from '../support/simulated-calls.ts';
import { at, upgradeOf } from '../support/simulated-upgrade.ts';

const upgrade = upgradeOf({
  window: { startMs: at(CALL_BLOCKS.baseline), endMs: at(FIRST_POST_CALLS) },
  baseline: [{ startMs: at(0), endMs: at(CALL_BLOCKS.baseline) }],
  post: { startMs: at(FIRST_POST_CALLS), endMs: at(CALL_BLOCKS.all) },
});
const phases = resolvePhases(upgrade, at(0), at(CALL_BLOCKS.all));

function trafficOf(world: CallWorld, seed: number): Traffic {
  const cells = cellsOfCalls(world, seededRandom(seed));
  const subject = groupSubjects(cells, phases).find(({ peer }) => peer === PEER)!;
  const sample = placeByBlock(subject.series, (_index, block) => phaseOf(phases, block));
  return { subject, sample, phases, arms: { baseline: 'before', post: 'after' }, margins: upgrade.margins };
}

/** After the upgrade another value. */
const after =
  <Value>(value: Value, old: Value) =>
  ({ block }: Pick<Moment, 'block'>): Value =>
    block >= FIRST_POST_CALLS ? value : old;

const scaled =
  (factor: number): CallWorld['answerSeconds'] =>
  (moment, random) =>
    after(factor, 1)(moment) * STEADY_CALLS.answerSeconds(moment, random);

/** New processes that start one after the other, two minutes apart, after the upgrade. */
const RESTARTS: CallWorld['instances'] = STEADY_CALLS.instances.flatMap(({ name }, index) => {
  const restart = FIRST_POST_CALLS + 2 * (index + 1);
  return [
    { name, from: 0, to: restart },
    { name: `${name}-new`, from: restart, to: CALL_BLOCKS.all },
  ];
});

/** In post the called service is away for two seconds every twenty; everybody who calls meanwhile comes back 1 s later. */
const isAway = ({ block, timeMs }: Moment): boolean => block >= FIRST_POST_CALLS && (timeMs / 1000) % 20 < 2;

const world = (fields: Partial<CallWorld>): CallWorld => ({ ...STEADY_CALLS, ...fields });

/** Worlds in which one thing changes at the upgrade, and the mechanism that they are, if any. */
const WORLDS: Readonly<Record<string, { mechanism: string | null; world: CallWorld }>> = {
  'nothing changes': { mechanism: null, world: STEADY_CALLS },
  'three times as many attempts fail': { mechanism: null, world: world({ failureChance: after(0.12, 0.04) }) },
  'answers take twice as long': { mechanism: null, world: world({ answerSeconds: scaled(2) }) },
  'half again as many requests come': {
    mechanism: null,
    world: world({ requests: (block) => (block >= FIRST_POST_CALLS ? 45 : 30) }),
  },
  'many more attempts hang until the same timeout': {
    mechanism: null,
    world: world({ hangChance: after(0.08, 0.02) }),
  },
  'failures that nobody repeats are added': {
    mechanism: null,
    world: world({ failureChance: after(0.16, 0.04), retryableShare: after(0.25, 1) }),
  },
  'failures of one length become ten times as many': {
    mechanism: null,
    world: world({ failureChance: after(0.3, 0.03), failureSeconds: () => 0.1, hangChance: () => 0 }),
  },
  'failures persist over all attempts of a call': {
    mechanism: null,
    world: world({ failureChance: (moment) => (moment.ordinal === 1 ? 0.06 : after(0.8, 0.05)(moment)) }),
  },
  'half as many attempts are allowed while failures persist': {
    mechanism: null,
    world: world({
      failureChance: ({ ordinal }) => (ordinal === 1 ? 0.08 : 0.8),
      retryableShare: (moment) => (moment.ordinal === 1 ? 1 : after(0, 1)(moment)),
    }),
  },
  'retries are turned off': { mechanism: null, world: world({ retryableShare: after(0, 1) }) },
  'instances restart warm': { mechanism: null, world: world({ instances: RESTARTS }) },
  'clients wait a quarter as long': {
    mechanism: 'backoff changed',
    world: world({
      delaySeconds: (moment, random) => after(0.25, 1)(moment) * STEADY_CALLS.delaySeconds(moment, random),
    }),
  },
  'clients wait three times as long': {
    mechanism: 'backoff changed',
    world: world({
      delaySeconds: (moment, random) => after(3, 1)(moment) * STEADY_CALLS.delaySeconds(moment, random),
    }),
  },
  'attempts are given up after 300 ms': {
    mechanism: 'timeout changed',
    world: world({ timeoutSeconds: after(0.3, 1) }),
  },
  'attempts are given up after 3 s': { mechanism: 'timeout changed', world: world({ timeoutSeconds: after(3, 1) }) },
  'all instances repeat their calls at the same moments': {
    mechanism: 'retry storm',
    world: world({
      requests: () => 60,
      failureChance: (moment) => (isAway(moment) ? 1 : 0.04),
      delaySeconds: () => 1,
    }),
  },
  'retries are capped at a tenth of the requests while a third fail': {
    mechanism: 'retry budget exhausted',
    world: world({
      failureChance: after(0.33, 0.04),
      budget: (block) => (block >= FIRST_POST_CALLS ? 0.1 : Number.POSITIVE_INFINITY),
    }),
  },
  'every instance starts with an empty cache': {
    mechanism: 'cold start',
    world: world({
      instances: RESTARTS,
      answerSeconds: (moment, random) =>
        STEADY_CALLS.answerSeconds(moment, random) * (moment.block < FIRST_POST_CALLS ? 1 : 1 + 2 * 0.5 ** moment.age),
    }),
  },
};

/** Where nothing is to be shown, and where one mechanism is. */
const STILL_SEEDS = 20;
const SEEDS = 6;
const ALARMS_ALLOWED = 1;

const shown = new Map(
  Object.entries(WORLDS).map(([name, one]) => {
    const signatures = Array.from({ length: one.mechanism === null ? STILL_SEEDS : SEEDS }, (_, index) => {
      const traffic = trafficOf(one.world, 100 + index);
      return new Map([...MECHANISMS].map(([mechanism, kind]) => [mechanism, kind.signatureOf(traffic)]));
    });
    return [name, signatures] as const;
  }),
);

function signaturesIn(name: string, mechanism: string): Signature[] {
  return shown.get(name)!.flatMap((signatures) => signatures.get(mechanism) ?? []);
}

it('every registered mechanism has a world here', () => {
  const covered = new Set(Object.values(WORLDS).map(({ mechanism }) => mechanism));
  expect([...MECHANISMS.keys()].filter((name) => !covered.has(name))).toEqual([]);
});

describe.each([...MECHANISMS.keys()])('%s', (mechanism) => {
  it.each(Object.keys(WORLDS).filter((name) => WORLDS[name]!.mechanism === mechanism))(
    'is shown in 6 of 6 draws where %s',
    (name) => {
      expect(signaturesIn(name, mechanism).length).toBe(SEEDS);
    },
  );

  it.each(Object.keys(WORLDS).filter((name) => WORLDS[name]!.mechanism !== mechanism))(
    'is shown by chance at most, in 1 of 20 draws or 0 of 6, where %s',
    (name) => {
      expect(signaturesIn(name, mechanism).length).toBeLessThanOrEqual(
        WORLDS[name]!.mechanism === null ? ALARMS_ALLOWED : 0,
      );
    },
  );

  it('says what it saw in numbers, with an interval for each figure and one manner for one direction', () => {
    for (const [name, { mechanism: own }] of Object.entries(WORLDS)) {
      if (own !== mechanism) continue;
      const signatures = signaturesIn(name, mechanism);
      expect(new Set(signatures.map(({ manner }) => manner)).size).toBe(1);
      for (const { sentences, figures } of signatures) {
        expect(sentences.length).toBeGreaterThan(0);
        for (const sentence of sentences) expect(sentence).toMatch(/\d/);
        for (const sentence of sentences) expect(sentence).not.toMatch(/NaN|undefined|unknown|no data/);
        expect(figures.length).toBeGreaterThan(0);
        for (const { baseline, post, low, high } of figures) {
          const difference = post! - baseline!;
          expect(low).toBeLessThanOrEqual(difference);
          expect(high).toBeGreaterThanOrEqual(difference);
        }
      }
    }
  });

  it('abstains on cells that know no attempts and no instances', () => {
    const traffic = trafficOf(STEADY_CALLS, 1);
    const series = traffic.sample.series.map((one) => ({
      key: { ...one.key, instance: null },
      measure: one.measure,
      block: one.block,
      count: one.count,
      sum: one.sum,
      errors: one.errors,
      attempts: one.attempts,
      retries: one.retries,
      histogram: one.histogram,
    }));
    const blind = { ...traffic, subject: { ...traffic.subject, series }, sample: { ...traffic.sample, series } };
    expect(MECHANISMS.get(mechanism)?.signatureOf(blind)).toBeNull();
  });
});

it('nothing at all is shown of a steady world in 19 of 20 draws', () => {
  const alarms = shown
    .get('nothing changes')!
    .filter((signatures) => [...signatures.values()].some((signature) => signature !== null));
  expect(alarms.length).toBeLessThanOrEqual(ALARMS_ALLOWED);
});

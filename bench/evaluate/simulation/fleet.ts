import type { CellKey, CellSeries } from '../../../src/domain/cells.ts';
import type { Chance } from '../chance.ts';
import { BASE_ERROR_SHARE, BASE_RETRY_SHARE, NOTHING, SLOW, type TrueEffect } from './effect.ts';
import { type BlockTraffic, drawSeries } from './traffic.ts';

/** How the new version reached the fleet. */
export type Rollout =
  /** The same hosts before and after. */
  | 'in place'
  /** Half of the hosts got it; the others, which had shared the traffic all along, ran on beside them. */
  | 'half'
  /** New hosts took half of the traffic; the old ones ran on beside them. */
  | 'beside'
  /** New hosts took the place of the old ones. */
  | 'replaced';

export interface Fleet {
  readonly rollout: Rollout;
  /** Hosts an arm. */
  readonly hosts: number;
  /** Standard deviation of the hosts' log-levels. */
  readonly hostSpread: number;
  /** Lag-1 autocorrelation and standard deviation of the log-level from block to block, the same for all hosts. */
  readonly autocorrelation: number;
  readonly blockSpread: number;
  readonly baselineBlocks: number;
  readonly postBlocks: number;
  /** Expected requests of an arm in post. */
  readonly requests: number;
  readonly scale: number;
  /** Log-level by which the hosts that get the new version differed all along. */
  readonly unlike: number;
  /** Share of requests of the slow kind without and with the new version; null where there is one kind only. */
  readonly slowShares: readonly [number, number] | null;
  /** What tells the kinds apart: a config key the document does not speak of, or a stratum it declares. */
  readonly kindAttribute: 'config.plan' | typeof DECLARED_STRATUM;
}

/** The one stratum the simulated documents declare. */
export const DECLARED_STRATUM = 'client.type';

export const FLEET: Fleet = {
  rollout: 'in place',
  hosts: 8,
  hostSpread: 0.05,
  autocorrelation: 0,
  blockSpread: 0.05,
  baselineBlocks: 120,
  postBlocks: 120,
  requests: 24_000,
  scale: 5,
  unlike: 0,
  slowShares: null,
  kindAttribute: 'config.plan',
};

/** Errors and retries swing more than latencies do. */
const SHARES_SWING = 2;
const SPREAD = 0.6;
const LOG_MEDIAN_SECONDS = Math.log(0.05);

export const SERVICE = 'gateway';
export const FIRST_BLOCK = Date.UTC(2026, 10, 16) / 60_000;

interface Host {
  readonly name: string;
  readonly exposed: boolean;
  readonly level: number;
  readonly sharesLevel: number;
  /** First and last block of its life, counted from the first. */
  readonly from: number;
  readonly to: number;
}

interface Shocks {
  readonly latency: Float64Array;
  readonly shares: Float64Array;
}

/** How much of the effect there is so many blocks after the start of post: the power its factors are raised to. */
export type Course = (blocksOfPost: number) => number;

export function stepAfter(blocks: number): Course {
  return (blocksOfPost) => (blocksOfPost >= blocks ? 1 : 0);
}

/** One endpoint of the fleet, before and after; the effect is there from the start of post, or takes its own course. */
export function drawEndpoint(
  fleet: Fleet,
  endpoint: string,
  effect: TrueEffect,
  chance: Chance,
  course: Course = stepAfter(0),
): CellSeries[] {
  const blocks = fleet.baselineBlocks + fleet.postBlocks;
  const shocks = { latency: drawShocks(fleet, blocks, chance), shares: drawShocks(fleet, blocks, chance) };
  const kinds = fleet.slowShares === null ? [null] : [false, true];
  return drawHosts(fleet, blocks, chance).flatMap((host) =>
    kinds.flatMap((slow) =>
      [false, true].flatMap((after) => {
        const traffic = hostTraffic(fleet, host, shocks, effect, { slow, after, course });
        if (traffic.length === 0) return [];
        const key = cellKey(fleet, endpoint, host, after, slow);
        return [drawSeries(key, traffic, { spread: SPREAD, scale: fleet.scale }, chance)];
      }),
    ),
  );
}

/** A stationary AR(1) of the fleet's spread. */
export function drawShocks(
  { autocorrelation, blockSpread }: Pick<Fleet, 'autocorrelation' | 'blockSpread'>,
  blocks: number,
  chance: Chance,
): Float64Array {
  const innovation = Math.sqrt(1 - autocorrelation ** 2);
  const shocks = new Float64Array(blocks);
  let level = chance.normal();
  for (let block = 0; block < blocks; block++) {
    shocks[block] = blockSpread * level;
    level = autocorrelation * level + innovation * chance.normal();
  }
  return shocks;
}

function drawHosts({ rollout, hosts, hostSpread, unlike, baselineBlocks }: Fleet, to: number, chance: Chance): Host[] {
  const arms = rollout === 'in place' ? [true] : [false, true];
  return arms.flatMap((exposed) =>
    Array.from({ length: hosts }, (_, number) => ({
      name: `${SERVICE}-${exposed ? 'b' : 'a'}${number}`,
      exposed,
      level: hostSpread * chance.normal() + (exposed ? unlike : 0),
      sharesLevel: hostSpread * chance.normal(),
      from: exposed && (rollout === 'replaced' || rollout === 'beside') ? baselineBlocks : 0,
      to: rollout === 'replaced' && !exposed ? baselineBlocks : to,
    })),
  );
}

interface Kind {
  readonly slow: boolean | null;
  readonly after: boolean;
  readonly course: Course;
}

function hostTraffic(
  fleet: Fleet,
  host: Host,
  shocks: Shocks,
  effect: TrueEffect,
  { slow, after, course }: Kind,
): BlockTraffic[] {
  const from = after ? Math.max(host.from, fleet.baselineBlocks) : host.from;
  const to = after ? host.to : Math.min(host.to, fleet.baselineBlocks);
  const slowShare = fleet.slowShares?.[after && host.exposed ? 1 : 0] ?? 0;
  const requests = (fleet.requests / (fleet.hosts * fleet.postBlocks)) * (slow ? slowShare : 1 - slowShare);
  const factor = slow ? SLOW : NOTHING;
  const traffic: BlockTraffic[] = [];
  for (let at = from; at < to; at++) {
    const power = host.exposed && at >= fleet.baselineBlocks ? course(at - fleet.baselineBlocks) : 0;
    const shares = meanOne(host.sharesLevel, fleet.hostSpread) * swing(shocks.shares[at]!, fleet.blockSpread);
    traffic.push({
      block: FIRST_BLOCK + at,
      requests,
      logMedianSeconds:
        LOG_MEDIAN_SECONDS +
        host.level +
        shocks.latency[at]! +
        Math.log(factor.latency) +
        power * Math.log(effect.latency),
      errorShare: BASE_ERROR_SHARE * factor.errors * shares * effect.errors ** power,
      retryShare: BASE_RETRY_SHARE * factor.retries * shares * effect.retries ** power,
    });
  }
  return traffic;
}

/** A lognormal factor whose mean is 1, so that the true share is the base share. */
export function meanOne(logLevel: number, spread: number): number {
  return Math.exp(logLevel - spread ** 2 / 2);
}

export function swing(shock: number, blockSpread: number): number {
  return meanOne(SHARES_SWING * shock, SHARES_SWING * blockSpread);
}

function cellKey(
  { kindAttribute }: Fleet,
  endpoint: string,
  host: Host,
  after: boolean,
  slow: boolean | null,
): CellKey {
  return {
    service: SERVICE,
    endpoint,
    peer: null,
    instance: host.name,
    version: after && host.exposed ? '2' : '1',
    attributes: new Map(slow === null ? [] : [[kindAttribute, slow ? 'bulk' : 'interactive']]),
    source: 'metrics',
  };
}

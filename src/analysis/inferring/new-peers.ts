import { type Cells, UNKNOWN_PEER } from '../../domain/cells.ts';
import { BASELINE, type Phases, POST, phaseOf } from '../phases.ts';
import { firstBlockAfterBaseline, type Spread } from './new-values.ts';

/** What is called seldom may be missing from a baseline by chance; one that is likelier than this is not called new. */
const LIKELY_CHANCE = 0.01;

export interface NewPeer {
  readonly service: string;
  readonly peer: string;
  readonly firstBlock: number;
  readonly spread: Spread;
}

/** When a service was seen at all, when it called each peer, and when each of its instances did. */
interface Calls {
  readonly service: string;
  readonly seen: Set<number>;
  readonly instances: Map<string | null, number>;
  readonly ofPeer: Map<string, { readonly blocks: Set<number>; readonly firstOf: Map<string | null, number> }>;
}

/** Peers that a service calls since the upgrade and did not call before. */
export function newPeers(cells: Cells, phases: Phases): NewPeer[] {
  const split = firstBlockAfterBaseline(phases);
  return [...callsOf(cells, split).values()].flatMap(({ service, seen, instances, ofPeer }) =>
    [...ofPeer].flatMap(([peer, { blocks, firstOf }]): NewPeer[] => {
      if (peer === UNKNOWN_PEER || !isNew(blocks, seen, phases)) return [];
      const firsts = [...firstOf.values()];
      const spread: Spread = { instances: [firsts.length, instances.size], lastBlock: Math.max(...firsts) };
      return [{ service, peer, firstBlock: Math.min(...firsts), spread }];
    }),
  );
}

/**
 * Never called in the baseline, and called in so many blocks of post that this is no accident: were calls as likely in any
 * block, all k of them would fall into post with the chance (post / (baseline + post))^k.
 */
function isNew(blocks: ReadonlySet<number>, seen: ReadonlySet<number>, phases: Phases): boolean {
  const count = (of: ReadonlySet<number>, phase: 0 | 1): number =>
    [...of].filter((block) => phaseOf(phases, block) === phase).length;
  const [before, after, called] = [count(seen, BASELINE), count(seen, POST), count(blocks, POST)];
  if (before === 0 || called === 0 || count(blocks, BASELINE) > 0) return false;
  return (after / (before + after)) ** called < LIKELY_CHANCE;
}

function callsOf(cells: Cells, split: number): Map<string, Calls> {
  const services = new Map<string, Calls>();
  for (const { key, block, count } of cells.series) {
    const calls = services.get(key.service) ?? newCalls(key.service);
    services.set(key.service, calls);
    const peer = key.peer === null ? null : (calls.ofPeer.get(key.peer) ?? { blocks: new Set(), firstOf: new Map() });
    if (peer !== null && key.peer !== null) calls.ofPeer.set(key.peer, peer);
    for (let row = 0; row < block.length; row++) {
      if (!(count[row]! > 0)) continue;
      calls.seen.add(block[row]!);
      peer?.blocks.add(block[row]!);
      if (block[row]! < split) continue;
      noteFirst(calls.instances, key.instance, block[row]!);
      if (peer !== null) noteFirst(peer.firstOf, key.instance, block[row]!);
    }
  }
  return services;
}

function newCalls(service: string): Calls {
  return { service, seen: new Set(), instances: new Map(), ofPeer: new Map() };
}

function noteFirst(firsts: Map<string | null, number>, instance: string | null, block: number): void {
  firsts.set(instance, Math.min(firsts.get(instance) ?? Number.POSITIVE_INFINITY, block));
}

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Claim, Outcome, RecordStore } from '../../../src/domain/record-store.ts';
import { describeOnEach } from './databases.ts';

const NOW = Date.UTC(2026, 10, 20, 3);
const LEASE_MS = 1_000;

interface Holder {
  readonly name: string;
  readonly store: RecordStore;
  /** How many upgrades it claims before it dies with the last ones unsettled. */
  readonly diesAfter: number;
  readonly batch: number;
}

function outcomeOf(holder: string): Outcome {
  return {
    report: { madeMs: NOW, verdict: 'no-regression', digest: holder, isFinal: true, document: '{}' },
    nextDueMs: null,
  };
}

/** Claims and settles until nothing is due any more, or dies; answers what it claimed and what it settled. */
async function work(holder: Holder, nowMs: number): Promise<{ claimed: Claim[]; settled: Claim[] }> {
  const claimed: Claim[] = [];
  const settled: Claim[] = [];
  for (;;) {
    const claims = await holder.store.claimDue(holder.name, nowMs, LEASE_MS, holder.batch);
    claimed.push(...claims);
    if (claims.length === 0 || claimed.length > holder.diesAfter) return { claimed, settled };
    for (const claim of claims) {
      if (await holder.store.settle(claim, outcomeOf(holder.name))) settled.push(claim);
    }
  }
}

const idOf = (claim: Claim): string => `${claim.upgrade.tenant}/${claim.upgrade.name}`;

describeOnEach('claims', (place) => {
  it('are settled exactly once each, however many holders compete and die', async () => {
    const { open, isShared } = await place();
    const stores = [await open()];
    if (isShared) stores.push(await open(), await open());
    let round = 0;
    const holders = fc.array(
      fc.record({ batch: fc.integer({ min: 1, max: 7 }), diesAfter: fc.integer({ min: 0, max: 40 }) }),
      {
        minLength: 2,
        maxLength: 8,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 25 }), holders, async (upgrades, drawn) => {
        round += 1;
        const tenant = `round-${round}`;
        const names = Array.from({ length: upgrades }, (_, index) => `u${index}`);
        await Promise.all(names.map((name) => stores[0]!.putUpgrade(tenant, name, 'd', NOW)));

        const competing = drawn.map(({ batch, diesAfter }, index): Holder => {
          return { name: `h${index}`, store: stores[index % stores.length]!, diesAfter, batch };
        });
        const first = await Promise.all(competing.map((holder) => work(holder, NOW)));
        const claimedFirst = first.flatMap((one) => one.claimed.map(idOf));
        expect(new Set(claimedFirst).size, 'nobody gets what another holds').toBe(claimedFirst.length);

        const survivor = { name: 'survivor', store: stores[0]!, diesAfter: Number.POSITIVE_INFINITY, batch: 5 };
        const second = await work(survivor, NOW + LEASE_MS);
        const settled = [...first.flatMap((one) => one.settled), ...second.settled].map(idOf);
        expect(settled.sort()).toEqual(names.map((name) => `${tenant}/${name}`).sort());

        const dead = first.flatMap((one) => one.claimed.filter((claim) => !one.settled.includes(claim)));
        for (const claim of dead) expect(await stores[0]!.settle(claim, outcomeOf('a ghost'))).toBe(false);
        for (const name of names) {
          expect(await stores[0]!.latestReport(tenant, name)).toMatchObject({ revision: 1, isFinal: true });
        }
      }),
      { numRuns: 8 },
    );
    await Promise.all(stores.map((store) => store.close()));
  });

  it('is won by one of many who want the same upgrade at the same moment', async () => {
    const { open, isShared } = await place();
    const stores = isShared ? await Promise.all(Array.from({ length: 4 }, open)) : [await open()];
    for (let round = 0; round < 15; round += 1) {
      await stores[0]!.putUpgrade('default', `u${round}`, 'd', NOW);
      const claims = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          stores[index % stores.length]!.claimDue(`h${index}`, NOW, LEASE_MS, 1),
        ),
      );
      const won = claims.flat();
      expect(won.map((claim) => claim.upgrade.name)).toEqual([`u${round}`]);
      const settled = await Promise.all(
        Array.from({ length: 6 }, (_, index) => stores[index % stores.length]!.settle(won[0]!, outcomeOf('h'))),
      );
      expect(settled.filter(Boolean)).toHaveLength(1);
      expect(await stores[0]!.latestReport('default', `u${round}`)).toMatchObject({ revision: 1 });
    }
    await Promise.all(stores.map((store) => store.close()));
  });

  it('leave an upgrade alone for longer each time its holder does not come back, and say so, until one does', async () => {
    const { open } = await place();
    const store = await open();
    await store.putUpgrade('default', 'u', 'd', NOW);
    let nowMs = NOW;
    for (let lost = 0; lost < 20; lost++) {
      const [claim] = await store.claimDue(`h${lost}`, nowMs, LEASE_MS, 1);
      expect(claim).toMatchObject({ untilMs: nowMs + LEASE_MS * Math.min(1 + lost, 16) });
      expect((await store.upgrade('default', 'u'))?.trouble ?? '').toMatch(lost < 2 ? /^$/ : /did not come back/);
      expect(await store.claimDue('b', claim!.untilMs - 1, LEASE_MS, 1)).toEqual([]);
      nowMs = claim!.untilMs;
    }
    const [last] = await store.claimDue('a', nowMs, LEASE_MS, 1);
    await store.release(last!, nowMs, null);
    expect((await store.claimDue('a', nowMs, LEASE_MS, 1))[0]).toMatchObject({ untilMs: nowMs + LEASE_MS });
    expect((await store.upgrade('default', 'u'))?.trouble).toBeNull();
    await store.putUpgrade('default', 'u', 'another', nowMs);
    expect((await store.claimDue('a', nowMs, LEASE_MS, 1))[0]).toMatchObject({ untilMs: nowMs + LEASE_MS });
    await store.close();
  });
});

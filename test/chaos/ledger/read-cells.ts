import { addTo } from './cell-tally.ts';
import type { StoredCell } from './judge.ts';
import { serviceOf, slotOf } from './ledger-request.ts';
import { BLOCK_MS, cellKey, type LedgerPlan } from './plan.ts';

interface CellsPage {
  readonly cells: readonly {
    readonly service: string;
    readonly endpoint: string;
    readonly start: string;
    readonly requests: number;
    readonly sum: number;
  }[];
  readonly next: string | null;
}

/** What the service says it holds, by its own API. */
export async function readCells(url: string, plan: LedgerPlan): Promise<Map<string, StoredCell>> {
  const cells = new Map<string, StoredCell>();
  for (let client = 0; client < plan.clients; client++) await readClient(url, plan, client, cells);
  return cells;
}

async function readClient(
  url: string,
  plan: LedgerPlan,
  client: number,
  cells: Map<string, StoredCell>,
): Promise<void> {
  const query = new URLSearchParams({
    service: serviceOf(client),
    from: new Date(plan.startMs).toISOString(),
    to: new Date(Math.ceil(Date.now() / BLOCK_MS) * BLOCK_MS).toISOString(),
  });
  for (let cursor: string | null = ''; cursor !== null; ) {
    if (cursor !== '') query.set('cursor', cursor);
    const answer = await fetch(`${url}/api/v1/cells?${query}`);
    if (!answer.ok) throw new Error(`cells answered ${answer.status}: ${(await answer.text()).slice(0, 400)}`);
    const page = (await answer.json()) as CellsPage;
    for (const { endpoint, start, requests, sum } of page.cells) {
      addTo(cells, cellKey(client, slotOf(endpoint) ?? -1, Date.parse(start)), requests, sum);
    }
    cursor = page.next;
  }
}

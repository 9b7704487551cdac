import type { ClickHouseClient } from '@clickhouse/client';
import { READING } from '../client.ts';
import type { SegmentStates } from './segment-states.ts';

/** Longer than a replay takes. */
const IN_USE_US = 3_600_000_000n;
/** A statement may have 256 KiB. */
const MOST_PAIRS = 2_000;

/**
 * Removes calculations of these hours that no replay can be reading any more. What a replay reads was named when it began, however
 * long ago it was calculated: it may go once what was named after it has been so for longer than a replay takes. What is as
 * old and was not named after it is of a calculation that broke off; younger ones may be under way in another process.
 */
export async function removeUnused(
  client: ClickHouseClient,
  tenant: string,
  { segments, nowUs }: SegmentStates,
): Promise<void> {
  const first = segments[0];
  if (first === undefined) return;
  const longAgoUs = nowUs - IN_USE_US;
  const namedUs = new Map(segments.map((state) => [String(state.segment), state.namedUs]));
  const unused = (await keptIn(client, tenant, first.segment, segments.at(-1)!.segment, longAgoUs)).filter(
    ({ segment, computed }) => {
      const named = namedUs.get(segment) ?? nowUs;
      return named < longAgoUs && BigInt(computed) !== named;
    },
  );
  for (let from = 0; from < unused.length; from += MOST_PAIRS) {
    const pairs = unused.slice(from, from + MOST_PAIRS).map(({ segment, computed }) => `(${segment}, ${computed})`);
    await client.command({
      query: `DELETE FROM cell_runs WHERE tenant = {tenant:String} AND (segment, computed_us) IN (${pairs.join(', ')})`,
      query_params: { tenant },
    });
  }
}

interface Kept {
  readonly segment: string;
  readonly computed: string;
}

async function keptIn(
  client: ClickHouseClient,
  tenant: string,
  from: bigint,
  to: bigint,
  beforeUs: bigint,
): Promise<Kept[]> {
  const answer = await client.query({
    query: `SELECT DISTINCT toString(segment) AS segment, toString(computed_us) AS computed FROM cell_runs
      WHERE tenant = {tenant:String} AND cell_runs.segment >= {from:Int64} AND cell_runs.segment <= {to:Int64}
      AND computed_us < {before:Int64}`,
    query_params: { tenant, from: String(from), to: String(to), before: String(beforeUs) },
    format: 'JSONEachRow',
    clickhouse_settings: READING,
  });
  return answer.json<Kept>();
}

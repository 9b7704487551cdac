import type { ClickHouseClient } from '@clickhouse/client';
import { READING } from '../client.ts';
import { FOLD } from '../writing/tables.ts';
import { SEGMENT_NS } from './increments-sql.ts';

/** An hour of cumulative points, and whether its kept cells are those of its points. */
export interface SegmentState {
  readonly segment: bigint;
  readonly points: number;
  /** Which of the kept cells are to be used; null where they have to be calculated. */
  readonly computedUs: bigint | null;
  /** Which were named last, to be used or not; 0 where none were. */
  readonly namedUs: bigint;
  /** No point has come for so long that those on their way are there: what is calculated now may be kept. */
  readonly isSettled: boolean;
}

export interface SegmentStates {
  readonly segments: readonly SegmentState[];
  /** The engine's clock before it was asked: what is calculated after it is of this time. No two ever have the same. */
  readonly nowUs: bigint;
  /** Calculated later than this is by a clock that was put back since: points that came after it would go unnoticed. */
  readonly latestUs: bigint;
  readonly hasLater: boolean;
}

interface Row {
  readonly segment: string;
  readonly points: string;
  readonly received: string;
  readonly computed: string;
}

const SEGMENT = BigInt(SEGMENT_NS);

/**
 * Cells of a segment depend on its points and those of the segment before (a point is compared with the one before it),
 * so both must have been received before the calculation.
 */
export async function segmentStates(
  client: ClickHouseClient,
  tenant: string,
  fromNs: bigint,
  toNs: bigint,
  settleMs: number,
): Promise<SegmentStates> {
  const ask = async <T>(query: string): Promise<T[]> => {
    const query_params = { tenant, from: String(fromNs - SEGMENT), to: String(toNs) };
    const wanted = { query, query_params, format: 'JSONEachRow', clickhouse_settings: READING } as const;
    return (await client.query(wanted)).json<T>();
  };
  const [clock] = await ask<{ now: string }>('SELECT toString(toUnixTimestamp64Micro(now64(6))) AS now');
  const nowUs = BigInt(clock!.now);
  const rows = await ask<Row>(`SELECT toString(segment) AS segment, toString(points) AS points,
    toString(received) AS received, toString(computed) AS computed FROM (
      SELECT time_ns - positiveModulo(time_ns, toInt64(${SEGMENT})) AS segment, count() AS points, 1000 * max(received_ms) AS received
      FROM points WHERE tenant = {tenant:String} AND fold = ${FOLD.cumulative}
      AND time_ns >= {from:Int64} AND time_ns < {to:Int64} GROUP BY segment) AS p
    LEFT JOIN (SELECT segment, max(computed_us) AS computed FROM kept_segments
      WHERE tenant = {tenant:String} AND segment >= {from:Int64} AND segment < {to:Int64} GROUP BY segment) AS s USING (segment)
    ORDER BY p.segment`);
  const receivedIn = new Map(rows.map(({ segment, received }) => [BigInt(segment), BigInt(received)]));
  const settle = 1000n * BigInt(settleMs);
  const latestUs = nowUs + settle;
  const segments = rows.map(({ segment, points, computed }): SegmentState => {
    const own = BigInt(segment);
    const received = [own, own - SEGMENT].reduce((latest, key) => {
      const at = receivedIn.get(key) ?? 0n;
      return at > latest ? at : latest;
    }, 0n);
    const isKept = computed !== '0' && received + settle < BigInt(computed) && BigInt(computed) <= latestUs;
    return {
      segment: own,
      points: Number(points),
      computedUs: isKept ? BigInt(computed) : null,
      namedUs: BigInt(computed),
      isSettled: received + settle < nowUs,
    };
  });
  const hasLater = rows.some(({ computed }) => BigInt(computed) > latestUs);
  return { segments: segments.filter(({ segment }) => segment >= fromNs), nowUs, latestUs, hasLater };
}

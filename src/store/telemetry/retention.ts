import type { ClickHouseClient } from '@clickhouse/client';
import { type Cluster, onCluster } from './cluster-ddl.ts';

/** For how many days what was measured is kept; null: for ever. The engine drops what is older. */
export interface Retention {
  /** Points, the cells made of them, and flag evaluations. */
  readonly pointsDays: number | null;
  readonly spansDays: number | null;
}

export const DEFAULT_RETENTION: Retention = { pointsDays: 35, spansDays: 14 };

/** Registrations are renewed daily, so they may go two days after the last row that could refer to them. */
const GRACE_DAYS = 2;

interface Lifetime {
  readonly table: string;
  /** When a row was made, as a DateTime. */
  readonly since: string;
  readonly days: number | null;
}

function lifetimes({ pointsDays, spansDays }: Retention): Lifetime[] {
  const at = (column: string): string => `toDateTime(intDiv(${column}, 1000000000))`;
  const longest = pointsDays === null || spansDays === null ? null : Math.max(pointsDays, spansDays) + GRACE_DAYS;
  return [
    { table: 'points', since: at('time_ns'), days: pointsDays },
    { table: 'cell_runs', since: at('segment'), days: pointsDays },
    { table: 'kept_segments', since: at('segment'), days: pointsDays },
    { table: 'evaluations', since: at('time_ns'), days: pointsDays },
    { table: 'spans', since: at('start_ns'), days: spansDays },
    { table: 'streams', since: 'seen', days: pointsDays === null ? null : pointsDays + GRACE_DAYS },
    { table: 'attribute_sets', since: 'seen', days: longest },
  ];
}

/** Changes what differs from what the tables say already. */
export async function applyRetention(
  client: ClickHouseClient,
  retention: Retention,
  cluster: Cluster | null,
): Promise<void> {
  const definitions = await tableDefinitions(client);
  for (const { table, since, days } of lifetimes(retention)) {
    const name = cluster === null ? table : `${table}_local`;
    const definition = definitions.get(name) ?? '';
    const present = /\bTTL\b[\s\S]*?toIntervalDay\((\d+)\)/.exec(definition)?.[1] ?? null;
    if (present === (days === null ? null : String(days))) continue;
    const change =
      days === null
        ? `ALTER TABLE ${table} REMOVE TTL`
        : `ALTER TABLE ${table} MODIFY TTL ${since} + toIntervalDay(${days}) SETTINGS materialize_ttl_after_modify = 0`;
    for (const statement of cluster === null ? [change] : onCluster(change, cluster))
      await client.command({ query: statement });
  }
}

/** How the tables are defined, by name. */
export async function tableDefinitions(client: ClickHouseClient): Promise<Map<string, string>> {
  const query = 'SELECT name, create_table_query AS definition FROM system.tables WHERE database = currentDatabase()';
  const answer = await client.query({ query, format: 'JSONEachRow' });
  const rows = await answer.json<{ name: string; definition: string }>();
  return new Map(rows.map(({ name, definition }) => [name, definition]));
}

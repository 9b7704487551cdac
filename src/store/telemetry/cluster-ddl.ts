/** A ClickHouse cluster as its configuration names it. */
export interface Cluster {
  readonly name: string;
  readonly database: string;
}

const CREATE = /^CREATE TABLE IF NOT EXISTS (\w+)/;
const ENGINE = /ENGINE = (Replacing|Aggregating|)MergeTree(?:\(([^()]*)\))?/;
const LOCAL_WINDOW = /non_replicated_deduplication_window/g;

/** What keeps the rows of one calculation on one shard: differences are taken within a process and metric. */
const SHARDING: Readonly<Record<string, string>> = {
  streams: 'head',
  points: 'head',
  cell_runs: 'head',
  spans: 'cityHash64(trace)',
  evaluations: 'cityHash64(trace)',
};

/**
 * The statements that do on a replicated, sharded cluster what `statement` does on one server: a table becomes a
 * replicated one on every node, `<name>_local`, and a distributed one over them that keeps its name.
 */
export function onCluster(statement: string, cluster: Cluster): string[] {
  const place = `ON CLUSTER ${quoted(cluster.name)}`;
  const table = CREATE.exec(statement)?.[1];
  if (table === undefined) {
    return [statement.replace(/^ALTER TABLE (\w+)/, `ALTER TABLE $1_local ${place}`)];
  }
  const local = statement
    .replace(CREATE, `CREATE TABLE IF NOT EXISTS ${table}_local ${place}`)
    .replace(ENGINE, (_, kind: string, version: string | undefined) => replicated(table, kind, version))
    .replace(LOCAL_WINDOW, 'replicated_deduplication_window');
  const names = [cluster.name, cluster.database, `${table}_local`].map(quoted);
  const distributed = `CREATE TABLE IF NOT EXISTS ${table} ${place} AS ${table}_local ENGINE = Distributed(${names.join(', ')}, ${SHARDING[table] ?? 'rand()'})`;
  return [local, distributed];
}

function replicated(table: string, kind: string, version: string | undefined): string {
  const path = `'/clickhouse/tables/{shard}/{database}/${table}'`;
  const rest = version === undefined || version === '' ? '' : `, ${version}`;
  return `ENGINE = Replicated${kind}MergeTree(${path}, '{replica}'${rest})`;
}

function quoted(name: string): string {
  return `'${name.replace(/[\\']/g, '\\$&')}'`;
}

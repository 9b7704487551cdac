import { readFileSync } from 'node:fs';
import { descendantsOf } from '../../bench/load/process-tree.ts';
import { BUCKETS } from '../../src/store/telemetry/bucket-columns.ts';
import { createEngineClient } from '../../src/store/telemetry/client.ts';

/** What the store holds, read past the service, row by row as it was sent. */
export class StoredRows {
  readonly #client: ReturnType<typeof createEngineClient>;

  /** Of the engine that this service runs. */
  constructor(servicePid: number) {
    this.#client = createEngineClient({ socketPath: socketOf(servicePid) });
  }

  /** Metric, milliseconds and value of numbers, or count of histograms; in no order. */
  async points(tenant: string): Promise<[metric: string, timeMs: number, value: number][]> {
    const rows = await this.#rows<{ metric: string; ms: number; value: number }>(
      `SELECT metric, toFloat64(time_ns) / 1e6 AS ms, value + arraySum(buckets) + arraySum(fractions) AS value
        FROM (SELECT *, ${BUCKETS} AS buckets FROM points FINAL WHERE tenant = {tenant:String}) AS p
        INNER JOIN (SELECT DISTINCT head, stream, metric FROM streams WHERE tenant = {tenant:String}) AS s USING (head, stream)`,
      tenant,
    );
    return rows.map(({ metric, ms, value }) => [metric, Number(ms), Number(value)]);
  }

  async spans(tenant: string): Promise<[id: string, name: string, startMs: number][]> {
    const query = `SELECT lower(hex(span)) AS id, name, toFloat64(start_ns) / 1e6 AS ms
      FROM spans FINAL WHERE tenant = {tenant:String}`;
    const rows = await this.#rows<{ id: string; name: string; ms: number }>(query, tenant);
    return rows.map(({ id, name, ms }) => [id, name, Number(ms)]);
  }

  async evaluations(tenant: string): Promise<[flag: string, variant: string, timeMs: number][]> {
    const query = `SELECT flag, variant, toFloat64(time_ns) / 1e6 AS ms
      FROM evaluations FINAL WHERE tenant = {tenant:String}`;
    const rows = await this.#rows<{ flag: string; variant: string; ms: number }>(query, tenant);
    return rows.map(({ flag, variant, ms }) => [flag, variant, Number(ms)]);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #rows<Row>(query: string, tenant: string): Promise<Row[]> {
    return (await this.#client.query({ query, query_params: { tenant }, format: 'JSONEachRow' })).json<Row>();
  }
}

/** The engine is told its socket when it is started. */
function socketOf(servicePid: number): string {
  for (const pid of descendantsOf(servicePid)) {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const socket = words.find((word) => word.endsWith('.sock'));
    if (socket !== undefined) return socket;
  }
  throw new Error('the service has no engine');
}

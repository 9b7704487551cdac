import type { ClickHouseClient } from '@clickhouse/client';
import { AppError } from '../../../domain/error.ts';
import { CountArray } from './count-array.ts';
import { readRows } from './query.ts';

/** Bounds by the halves of their hash. */
export type BoundsOf = (low: number, high: number) => Float64Array;

export async function loadLayouts(client: ClickHouseClient): Promise<BoundsOf> {
  const layouts = new Map<string, Float64Array>();
  const bounds = new CountArray();
  let key = '';
  await readRows(
    client,
    { sql: 'SELECT layout, bounds FROM layouts FINAL', parameters: {} },
    (reader) => {
      key = `${reader.uint32()}:${reader.uint32()}`;
      bounds.readDoubles(reader);
    },
    () => layouts.set(key, bounds.values.slice()),
  );
  return (low, high) => {
    const found = layouts.get(`${low}:${high}`);
    if (found === undefined) throw cameMeanwhile(low, high);
    return found;
  };
}

/** Bounds are stored before the first point that has them, so whoever asks again knows them. */
function cameMeanwhile(low: number, high: number): AppError {
  return new AppError('unavailable', `histograms of new bounds (${low}:${high}) came while telemetry was read`, {
    remedy: 'ask again',
    retryAfterSeconds: 10,
  });
}

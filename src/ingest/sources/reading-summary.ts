import { createHash } from 'node:crypto';
import { AppError } from '../../domain/error.ts';
import type { Reading, ReadingSummary } from './reading.ts';

/**
 * Adds up what all kinds of source came to; throws where nothing of it can be gone on with. `placeOf` says where a pattern
 * is named.
 */
export function summarize(
  readings: readonly Reading[],
  baseFolder: string,
  placeOf: (pattern: string) => string,
): ReadingSummary {
  const digests = readings.flatMap((reading) => reading.digests).sort();
  const lines = total(readings.map((reading) => reading.lines));
  const rows = total(readings.map((reading) => reading.rows));
  const bytes = total(readings.map((reading) => reading.bytes));
  if (digests.length === 0) throw nothingOpened(readings, baseFolder, placeOf);
  if (rows === 0) refuseGarbage(readings);
  const digest = createHash('sha256').update(digests.join('\n')).digest('hex');
  return { files: digests.length, bytes, lines, rows, digest };
}

function total(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

function nothingOpened(
  readings: readonly Reading[],
  baseFolder: string,
  placeOf: (pattern: string) => string,
): AppError {
  const unopened = readings.flatMap((reading) => reading.unopened);
  if (unopened.length > 0) {
    const reasons = unopened.map(({ place, reason }) => `${place}: ${reason}`);
    return new AppError('unreadable', `no telemetry file could be read; ${reasons.join('; ')}`, {
      place: unopened[0]!.place,
      remedy: 'check that the paths are files and that this user may read them',
    });
  }
  const unmatched = readings.flatMap((reading) => reading.unmatched);
  const reasons = unmatched.map(({ reason }) => reason);
  return new AppError('unreadable', `${reasons.join(', ')} in ${baseFolder}`, {
    place: unmatched[0] === undefined ? null : placeOf(unmatched[0].place),
    remedy: 'paths are relative to the upgrade document; check the spelling, or that the files were copied there',
  });
}

/** Files without content are no data; files with content none of which can be read are another thing. */
function refuseGarbage(readings: readonly Reading[]): void {
  const first = readings.find((reading) => reading.firstRefusal !== null)?.firstRefusal ?? null;
  if (first === null) return;
  throw new AppError('unreadable', `nothing in the telemetry could be read; first ${first.place}: ${first.reason}`, {
    place: first.place,
    remedy: first.code === 'missing-time' ? RECORD_TIMES : NAME_FILES,
  });
}

const RECORD_TIMES = 'scrapes carry no time: record with timestamps, or name a Prometheus server';
const NAME_FILES =
  'name files of OTLP JSON lines, as the OpenTelemetry Collector writes them with its file exporter, or of OpenMetrics';

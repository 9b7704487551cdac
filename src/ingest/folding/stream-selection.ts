import type { Attributes } from '../../domain/telemetry.ts';
import { compareTexts } from '../../domain/text-order.ts';
import type { NamedIndicator } from '../../domain/upgrade.ts';
import { isEvaluationCounter } from '../conventions/evaluation-counter.ts';
import { profileOf } from '../conventions/metric-profiles.ts';
import type { MetricProfile } from '../conventions/protocol.ts';
import { isSynthetic } from '../conventions/reading.ts';
import { type Reporter, reporterOf } from './cell-key.ts';
import { attributesKey, textKey } from './identity.ts';
import type { ReadStream, Stretch } from './metric-uses.ts';
import type { QualityCounter } from './quality-counter.ts';
import type { Stream } from './stream-table.ts';

/** The metrics that are read: those of a known convention, those an indicator names, and the counter of flag evaluations. */
export function readMetrics(indicators: readonly NamedIndicator[]): (metric: string) => boolean {
  const named = new Set(indicators.flatMap(({ metric, denominator }) => [metric, denominator]));
  return (metric) => profileOf(metric) !== null || named.has(metric) || isEvaluationCounter(metric);
}

/** The streams to fold, by key, without synthetic traffic and without what two conventions would count twice. */
export function selectStreams(
  streams: readonly Stream[],
  exposureAttributes: ReadonlySet<string>,
  quality: QualityCounter,
): ReadStream[] {
  const replaced = replacedStreams(streams);
  const reporters = new Map<Attributes, Reporter>();
  const selected: ReadStream[] = [];
  for (const stream of [...streams].sort((a, b) => compareTexts(a.key, b.key))) {
    if (stream.isEmpty) continue;
    const { resource, metric, attributes } = stream.identity;
    const reporter = reporters.get(resource) ?? reporterOf(resource, exposureAttributes);
    reporters.set(resource, reporter);
    const where = `${reporter.service} ${metric}`;
    const convention = profileOf(metric);
    if (convention !== null && isSynthetic(attributes)) {
      quality.add('synthetic-traffic', where);
      continue;
    }
    if (convention !== null && reporter.instance === null) quality.add('missing-instance', where);
    const except = replaced.get(stream) ?? null;
    if (except !== null) quality.add('mixed-conventions', where);
    const isWhole = except !== null && except.fromMs <= stream.firstMs && stream.lastMs <= except.toMs;
    selected.push({ stream, reporter, profile: isWhole ? null : convention, except });
  }
  return selected;
}

interface Presence {
  readonly profile: MetricProfile;
  readonly streams: Stream[];
  firstMs: number;
  lastMs: number;
  tellsFromMs: number;
}

/** The first point of a cumulative stream tells of the time since the export before it, which is usually as long. */
const FIRST_INTERVAL_MS = 60_000;

/**
 * Streams of an older convention, with when their process reports the newer one at the same time (`http/dup`). What came before
 * that, or after it, nothing else tells: a service that takes the new names up in the upgrade keeps its past under the old ones.
 */
function replacedStreams(streams: readonly Stream[]): Map<Stream, Stretch> {
  const families = new Map<string, Map<string, Presence>>();
  for (const stream of streams) {
    const profile = profileOf(stream.identity.metric);
    if (profile === null || stream.isEmpty) continue;
    const family = `${textKey(profile.family)}${attributesKey(stream.identity.resource)}`;
    const presences = families.get(family) ?? new Map<string, Presence>();
    families.set(family, presences);
    notePresence(presences, profile, stream);
  }
  const replaced = new Map<Stream, Stretch>();
  for (const presences of families.values()) {
    for (const older of presences.values()) {
      const newer = [...presences.values()].filter((one) => replaces(one, older));
      if (newer.length === 0) continue;
      const fromMs = Math.min(...newer.map(({ tellsFromMs }) => tellsFromMs));
      const toMs = Math.max(...newer.map(({ lastMs }) => lastMs));
      for (const stream of older.streams) replaced.set(stream, { fromMs, toMs });
    }
  }
  return replaced;
}

function notePresence(presences: Map<string, Presence>, profile: MetricProfile, stream: Stream): void {
  const { firstMs, lastMs, identity } = stream;
  const tellsFromMs = identity.temporality === 'delta' ? firstMs : firstMs - FIRST_INTERVAL_MS;
  const presence = presences.get(profile.metric) ?? { profile, streams: [], firstMs, lastMs, tellsFromMs };
  presence.streams.push(stream);
  presence.firstMs = Math.min(presence.firstMs, firstMs);
  presence.lastMs = Math.max(presence.lastMs, lastMs);
  presence.tellsFromMs = Math.min(presence.tellsFromMs, tellsFromMs);
  presences.set(profile.metric, presence);
}

function replaces(newer: Presence, older: Presence): boolean {
  return newer.profile.rank < older.profile.rank && newer.firstMs <= older.lastMs && older.firstMs <= newer.lastMs;
}

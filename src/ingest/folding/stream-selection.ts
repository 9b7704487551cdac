import type { Attributes } from '../../domain/telemetry.ts';
import { compareTexts } from '../../domain/text-order.ts';
import type { NamedIndicator } from '../../domain/upgrade.ts';
import { isEvaluationCounter } from '../conventions/evaluation-counter.ts';
import { profileOf } from '../conventions/metric-profiles.ts';
import type { MetricProfile } from '../conventions/protocol.ts';
import { isSynthetic } from '../conventions/reading.ts';
import { type Reporter, reporterOf } from './cell-key.ts';
import { attributesKey, textKey } from './identity.ts';
import type { ReadStream } from './metric-uses.ts';
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
  const superseded = supersededStreams(streams);
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
    const isSuperseded = superseded.has(stream);
    if (isSuperseded) quality.add('mixed-conventions', where);
    selected.push({ stream, reporter, profile: isSuperseded ? null : convention });
  }
  return selected;
}

interface Presence {
  readonly profile: MetricProfile;
  readonly streams: Stream[];
  firstMs: number;
  lastMs: number;
}

/**
 * Streams of an older convention in a process that reports the newer one at the same time (`http/dup`). A service that
 * changed conventions in the upgrade keeps both: they follow each other.
 */
function supersededStreams(streams: readonly Stream[]): Set<Stream> {
  const families = new Map<string, Map<string, Presence>>();
  for (const stream of streams) {
    const profile = profileOf(stream.identity.metric);
    if (profile === null || stream.isEmpty) continue;
    const family = `${textKey(profile.family)}${attributesKey(stream.identity.resource)}`;
    const presences = families.get(family) ?? new Map<string, Presence>();
    families.set(family, presences);
    notePresence(presences, profile, stream);
  }
  const superseded = new Set<Stream>();
  for (const presences of families.values()) {
    for (const older of presences.values()) {
      const isReplaced = [...presences.values()].some((newer) => replaces(newer, older));
      if (isReplaced) for (const stream of older.streams) superseded.add(stream);
    }
  }
  return superseded;
}

function notePresence(presences: Map<string, Presence>, profile: MetricProfile, stream: Stream): void {
  const { firstMs, lastMs } = stream;
  const presence = presences.get(profile.metric) ?? { profile, streams: [], firstMs, lastMs };
  presence.streams.push(stream);
  presence.firstMs = Math.min(presence.firstMs, firstMs);
  presence.lastMs = Math.max(presence.lastMs, lastMs);
  presences.set(profile.metric, presence);
}

function replaces(newer: Presence, older: Presence): boolean {
  return newer.profile.rank < older.profile.rank && newer.firstMs <= older.lastMs && older.firstMs <= newer.lastMs;
}

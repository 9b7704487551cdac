import type { CellKey } from '../../domain/cells.ts';
import { REQUESTS, UNKNOWN_PEER } from '../../domain/cells.ts';
import type { NamedIndicator } from '../../domain/upgrade.ts';
import type { MetricProfile } from '../conventions/protocol.ts';
import { GENERIC } from '../conventions/protocols.ts';
import { endpointOf, isError, peerOf, tellsOutcome } from '../conventions/reading.ts';
import { exposureOf, type Reporter, seriesKey } from './cell-key.ts';
import { layered } from './exposure.ts';
import type { Stream } from './stream-table.ts';

/** What a stream contributes to a series of cells. */
export type Part = 'requests' | 'gauge' | 'numerator' | 'denominator' | 'histogram';

/** From one time to another, both included. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface StreamUse {
  readonly stream: Stream;
  /** When something else tells of the same requests. */
  readonly except: Stretch | null;
  readonly part: Part;
  /** Null for a named indicator. */
  readonly profile: MetricProfile | null;
  /** Every observation of the stream is an error. */
  readonly isError: boolean;
  readonly tellsOutcome: boolean;
}

/** The streams of one series, in the order in which they are added up. */
export interface SeriesPlan {
  readonly key: CellKey;
  readonly measure: string;
  readonly uses: StreamUse[];
}

export interface ReadStream {
  readonly stream: Stream;
  readonly reporter: Reporter;
  /** Null where only indicators read the stream. */
  readonly profile: MetricProfile | null;
  /** When a newer convention tells of the same requests. */
  readonly except: Stretch | null;
}

/** Which streams make up which series. Streams come in the order of their keys, so sums do not depend on arrival. */
export function planSeries(
  streams: readonly ReadStream[],
  indicators: readonly NamedIndicator[],
  exposureAttributes: ReadonlySet<string>,
): SeriesPlan[] {
  const plans = new Map<string, SeriesPlan>();
  for (const { stream, reporter, profile, except } of streams) {
    const exposure = layered(reporter.exposure, exposureOf(stream.identity.attributes, exposureAttributes));
    const base = { ...reporterFields(reporter), attributes: exposure, source: 'metrics' as const };
    if (profile !== null) {
      const key = { ...base, ...placeOf(profile, stream) };
      planFor(plans, key, REQUESTS).uses.push(requestsUse(stream, profile, except));
    }
    for (const indicator of indicators) {
      for (const part of partsOf(indicator, stream.identity.metric)) {
        const key = { ...base, ...namedPlaceOf(stream) };
        const use = { stream, part, profile: null, except: null, isError: false, tellsOutcome: false };
        planFor(plans, key, indicator.name).uses.push(use);
      }
    }
  }
  return [...plans.values()];
}

function planFor(plans: Map<string, SeriesPlan>, key: CellKey, measure: string): SeriesPlan {
  const text = seriesKey(key, measure);
  const known = plans.get(text);
  if (known !== undefined) return known;
  const plan: SeriesPlan = { key, measure, uses: [] };
  plans.set(text, plan);
  return plan;
}

function reporterFields(reporter: Reporter): Pick<CellKey, 'service' | 'instance' | 'version'> {
  return { service: reporter.service, instance: reporter.instance, version: reporter.version };
}

function requestsUse(stream: Stream, profile: MetricProfile, except: Stretch | null): StreamUse {
  const { attributes } = stream.identity;
  return {
    stream,
    part: 'requests',
    profile,
    except,
    isError: isError(profile.protocol, profile.side, attributes),
    tellsOutcome: tellsOutcome(profile.protocol, attributes),
  };
}

/** `server.address` is the server's own name on its own metrics: a peer belongs to the calling side only. */
function placeOf(profile: MetricProfile, stream: Stream): Pick<CellKey, 'endpoint' | 'peer'> {
  const { attributes } = stream.identity;
  const endpoint = endpointOf(profile.protocol, profile.side, attributes);
  if (profile.side === 'server') return { endpoint, peer: null };
  return { endpoint, peer: peerOf(profile.protocol, attributes) ?? UNKNOWN_PEER };
}

function namedPlaceOf(stream: Stream): Pick<CellKey, 'endpoint' | 'peer'> {
  const { attributes } = stream.identity;
  return { endpoint: endpointOf(GENERIC, 'client', attributes), peer: peerOf(GENERIC, attributes) };
}

function partsOf(indicator: NamedIndicator, metric: string): Part[] {
  if (indicator.kind !== 'ratio') return indicator.metric === metric ? [indicator.kind] : [];
  const parts: Part[] = [];
  if (indicator.metric === metric) parts.push('numerator');
  if (indicator.denominator === metric) parts.push('denominator');
  return parts;
}

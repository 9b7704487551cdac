import type { Change } from '../../domain/upgrade.ts';
import type { NewValue, Spread } from './new-values.ts';

/** A change that no document states, read off the telemetry. */
export interface InferredChange extends Change {
  readonly atMs: number;
  /** When the last of the instances that met it first did. */
  readonly lastMs: number;
  readonly instances: Spread['instances'];
}

type Stated = Pick<Change, 'kind'> & Partial<Pick<Change, 'subject'>>;

/** What a kind makes of a value that is new to a service's traffic. */
export function changeOf(
  found: NewValue,
  resolutionMs: number,
  stated: Stated,
  words: readonly string[],
): InferredChange {
  const move = found.from === null ? ['->', found.to] : [found.from, '->', found.to];
  return {
    id: changeName([...words, ...move]),
    service: found.service,
    peer: null,
    subject: null,
    from: found.from,
    to: found.to,
    exposure: null,
    ...timesOf(found, resolutionMs),
    ...stated,
  };
}

export function timesOf(
  { firstBlock, spread }: Pick<NewValue, 'firstBlock' | 'spread'>,
  resolutionMs: number,
): Pick<InferredChange, 'atMs' | 'lastMs' | 'instances'> {
  return { atMs: firstBlock * resolutionMs, lastMs: spread.lastBlock * resolutionMs, instances: spread.instances };
}

/** What needs no quotes: a name with a space or an arrow in it would read as two. */
const BARE = /^[\w.:/@+*~-]+$/u;
const ARROW = '->';
const DIGEST = /\b(sha\d+:[0-9a-f]{12})[0-9a-f]{20,}/g;

/** A readable id that is different for different parts: `gateway 4.1.9 -> 4.2.0`, `gateway flag "a b" off -> on`. */
export function changeName(parts: readonly string[]): string {
  return parts.map((part) => (part === ARROW || BARE.test(part) ? part : JSON.stringify(part))).join(' ');
}

/** Digests as people quote them: twelve digits. */
export function shortDigests(id: string): string {
  return id.replace(DIGEST, '$1');
}

/** One change seen in several places: the first of them, with what differs, and the times and instances of all. */
export function mergedChanges(changes: readonly InferredChange[], differing: Partial<Change>): InferredChange {
  return {
    ...changes[0]!,
    ...differing,
    atMs: Math.min(...changes.map(({ atMs }) => atMs)),
    lastMs: Math.max(...changes.map(({ lastMs }) => lastMs)),
    instances: [
      changes.reduce((sum, { instances }) => sum + instances[0], 0),
      changes.reduce((sum, { instances }) => sum + instances[1], 0),
    ],
  };
}

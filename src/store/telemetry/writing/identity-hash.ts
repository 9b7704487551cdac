import { createHash } from 'node:crypto';
import type { Attributes } from '../../../domain/telemetry.ts';

/** The first 64 bits of a SHA-256: of 10 million identities two collide with a probability of 3e-6. */
export interface Hash64 {
  readonly low: number;
  readonly high: number;
}

export function hashOf(text: string): Hash64 {
  const digest = createHash('sha256').update(text).digest();
  return { low: digest.readUInt32LE(0), high: digest.readUInt32LE(4) };
}

export function hashText({ low, high }: Hash64): string {
  return `${high}:${low}`;
}

/** Lengths in front keep hostile values from imitating a separator. */
export function lengthPrefixed(text: string): string {
  return `${text.length}:${text}`;
}

/** Equal for equal attributes in the same order. */
export function orderedKey(attributes: Attributes): string {
  let key = '';
  for (const [name, value] of attributes) key += `${name.length}:${name}${value.length}:${value}`;
  return key;
}

/** Equal for equal attributes in any order. */
export function sortedKey(attributes: Attributes): string {
  if (attributes.size < 2) return orderedKey(attributes);
  return orderedKey(new Map([...attributes].sort((a, b) => (a[0] < b[0] ? -1 : Number(a[0] > b[0])))));
}

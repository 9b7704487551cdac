import { createHash } from 'node:crypto';
import { type AnnouncedChange, decodeChanges } from '../../domain/change-document.ts';
import { AppError } from '../../domain/error.ts';
import type { ReadChange } from './change-format.ts';

/** Identified by what it says: the same change at the same time is the same event. */
export function identified(changes: readonly AnnouncedChange[]): ReadChange[] {
  return changes.map((one) => ({ ...one, id: digestOf(JSON.stringify(one.change)) }));
}

/** An entry of `spec.changes` that was built from another format's event; `event` identifies that event. */
export function announced(
  entry: Readonly<Record<string, string | null>>,
  place: string,
  ...event: string[]
): ReadChange[] {
  const stated = Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null));
  return decodeChanges(JSON.stringify(stated), place).map((one) => ({ ...one, id: digestOf(JSON.stringify(event)) }));
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The text at a path of someone else's event. */
export function textAt(root: unknown, ...path: readonly (string | number)[]): string | null {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return null;
    value = (value as Record<string | number, unknown>)[step];
  }
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

export function neededText(root: unknown, place: string, ...path: readonly (string | number)[]): string {
  const text = textAt(root, ...path);
  if (text !== null) return text;
  throw new AppError('malformed', `${place}: ${path.join('.')} is missing`, {
    place: `/${path.join('/')}`,
    remedy: 'send the event as its source makes it',
  });
}

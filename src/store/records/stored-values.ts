import { AppError } from '../../domain/error.ts';

/** A B-tree entry of PostgreSQL holds 2,704 bytes; a tenant and a name have to fit into one together. */
const NAME_LIMIT_BYTES = 1_000;

/** NUL, which PostgreSQL refuses, and halves of surrogate pairs, which no encoding can carry. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** Text as it is, or a refusal: what cannot come back the same on both databases is not taken by either. */
export function storedText(text: string): string {
  const at = text.search(UNSTORABLE);
  if (at < 0) return text;
  const unit = text.charCodeAt(at).toString(16).padStart(4, '0').toUpperCase();
  throw new AppError('malformed', `text contains U+${unit}, which cannot be stored`, {
    place: `character ${at + 1}`,
    remedy: 'send text that is valid UTF-8 without NUL characters',
  });
}

/** Text of our own making, which is worth more with a hole in it than not stored. */
export function storableText(text: string): string {
  return text.replaceAll(/[\0\p{Surrogate}]/gu, '\ufffd');
}

/** Text that is part of a key. */
export function storedName(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > NAME_LIMIT_BYTES) {
    throw new AppError('malformed', `a name of ${bytes} bytes is too long`, {
      place: `${text.slice(0, 40)}…`,
      remedy: `names and identifiers may have ${NAME_LIMIT_BYTES} bytes`,
    });
  }
  return storedText(text);
}

/** Both databases keep 64 bits, JavaScript 53: a number that would come back changed is our own defect. */
export function storedInteger(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new AppError('internal', `${value} is not an integer that can be stored`);
}

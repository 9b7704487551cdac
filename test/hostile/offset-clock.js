import { readFileSync } from 'node:fs';

/**
 * Loaded before the service where no libfaketime is: `Date` runs as many seconds ahead or behind as the file named by
 * CLOCK_OFFSET_FILE says, in the words of libfaketime. What only measures how long something takes is left alone.
 */
const RealDate = Date;
const FRESH_MS = 20;
let offsetMs = 0;
let readAt = Number.NEGATIVE_INFINITY;

function now() {
  const at = performance.now();
  if (at - readAt > FRESH_MS) {
    offsetMs = 1000 * Number(readFileSync(process.env.CLOCK_OFFSET_FILE, 'utf8'));
    readAt = at;
  }
  return RealDate.now() + offsetMs;
}

globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(now());
    else super(...values);
  }

  static now() {
    return now();
  }
};

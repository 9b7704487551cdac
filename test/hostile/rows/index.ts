import type { HostileRow } from '../row.ts';
import { bombsRow } from './bombs.ts';
import { cardinality } from './cardinality.ts';
import { clocks } from './clocks.ts';
import { conformance } from './conformance.ts';
import { labels } from './labels.ts';
import { layouts } from './layouts.ts';
import { malformed } from './malformed.ts';
import { numbers } from './numbers.ts';
import { order } from './order.ts';
import { resets } from './resets.ts';
import { slowClients } from './slow-clients.ts';
import { timestamps } from './timestamps.ts';
import { tokenTimes } from './token-times.ts';

/** Every kind of hostile input there is, in the order they are run. */
export const ROWS: readonly HostileRow[] = [
  slowClients,
  cardinality,
  resets,
  order,
  timestamps,
  clocks,
  numbers,
  layouts,
  malformed,
  bombsRow,
  labels,
  conformance,
  tokenTimes,
];

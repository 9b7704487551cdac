import type { HostileRow } from '../row.ts';
import { bombsRow } from './bombs.ts';
import { cardinality } from './cardinality.ts';

/** Every kind of hostile input there is, in the order they are run. */
export const ROWS: readonly HostileRow[] = [cardinality, bombsRow];

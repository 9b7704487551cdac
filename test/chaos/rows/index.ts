import { cutOff } from './cut-off.ts';
import { diskFull } from './disk-full.ts';
import { engineKilled } from './engine-killed.ts';
import { frozen } from './frozen.ts';
import { killed } from './killed.ts';
import { overload, overloadOfSmall } from './overload.ts';
import { powerCut, powerCutAtRest } from './power-cut.ts';
import type { ChaosRow } from './row.ts';
import { sentTwice } from './sent-twice.ts';
import { failingDisk, slowDisk } from './slow-disk.ts';
import { soak } from './soak.ts';
import { storeDeaf, storeDown, storeSlow } from './store-away.ts';
import { terminated } from './terminated.ts';

/** Every fault there is, in the order they are run. */
export const ROWS: readonly ChaosRow[] = [
  killed,
  engineKilled,
  frozen,
  terminated,
  powerCut,
  powerCutAtRest,
  diskFull,
  slowDisk,
  failingDisk,
  storeDown,
  storeSlow,
  storeDeaf,
  sentTwice,
  cutOff,
  overload,
  overloadOfSmall,
  soak,
];

import type { Endpoint } from '../endpoint.ts';
import { cellEndpoints } from './cells.ts';
import { changeEndpoints } from './changes.ts';
import { eventEndpoints } from './events.ts';
import { gateEndpoints } from './gate.ts';
import { reportEndpoints } from './reports.ts';
import { sloEndpoints } from './slos.ts';
import { tokenEndpoints } from './tokens.ts';
import { upgradeEndpoints } from './upgrades.ts';

/** Every operation of the API. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...upgradeEndpoints,
  ...reportEndpoints,
  ...gateEndpoints,
  ...eventEndpoints,
  ...changeEndpoints,
  ...sloEndpoints,
  ...cellEndpoints,
  ...tokenEndpoints,
];

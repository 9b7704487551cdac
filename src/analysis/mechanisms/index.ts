import { backoff } from './backoff.ts';
import { coldStart } from './cold-start.ts';
import type { MechanismKind } from './mechanism.ts';
import { retryBudget } from './retry-budget.ts';
import { retryStorm } from './retry-storm.ts';
import { timeout } from './timeout.ts';

/** The ways in which a regression of calls can come about that telemetry can show, in the order reports list them. */
export const MECHANISMS: ReadonlyMap<string, MechanismKind> = new Map([
  ['backoff changed', backoff],
  ['timeout changed', timeout],
  ['retry storm', retryStorm],
  ['retry budget exhausted', retryBudget],
  ['cold start', coldStart],
]);

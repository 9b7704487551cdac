import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../support/seeded-random.ts';
import { isExact } from './ledger/judge.ts';
import { SEEDED_BUGS } from './reference/seeded-bugs.ts';
import { type ReferenceOptions, referenceTarget } from './target.ts';
import { killRepeatedly, runTrial, type Trial, type TrialOutcome } from './trial.ts';

export interface SelfProof {
  readonly caught: readonly string[];
  readonly missed: readonly string[];
  /** Faults that the harness found in a store without a bug. */
  readonly falseAlarms: readonly string[];
}

/** In the first life of every trial, so that what a bug needs to show does not depend on the machine: the 100th commit. */
const LEAST_REQUESTS = 1000;
/** The bug that needs many requests before it shows, and how many: one that its client breaks off and sends again hides it. */
const RAREST = 'one acknowledgement in ten thousand is lost';
const RAREST_REQUESTS = 10_000;
const REQUESTS_MS = 240_000;
const MISBEHAVING = 0.02;
const FULL_DISK = 'a full disk is taken for success';

/** Every seeded bug has to be found, and nothing where there is none. */
export async function proveHarness(kills: number): Promise<SelfProof> {
  const proof = { caught: [] as string[], missed: [] as string[], falseAlarms: [] as string[] };
  for (const diskFills of [false, true]) {
    const { verdict } = await tryReference({ diskFills }, kills);
    if (!isExact(verdict)) proof.falseAlarms.push(JSON.stringify(verdict.faults[0]));
  }
  for (const bug of Object.keys(SEEDED_BUGS)) {
    const { verdict } = await tryReference({ bug, diskFills: bug === FULL_DISK }, kills);
    (isExact(verdict) ? proof.missed : proof.caught).push(bug);
  }
  return proof;
}

async function tryReference(options: ReferenceOptions, kills: number): Promise<TrialOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'postflight-chaos-'));
  try {
    return await runTrial({
      target: referenceTarget(options),
      folder,
      plan: { clients: 16, deltaSlots: 3 },
      load: { misbehaving: options.bug === RAREST ? 0 : MISBEHAVING },
      disturb: async (trial) => {
        await untilAcknowledged(trial, LEAST_REQUESTS);
        await killRepeatedly(trial, kills, seededRandom(1).uniform);
        if (options.bug === RAREST) await untilAcknowledged(trial, RAREST_REQUESTS);
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function untilAcknowledged({ load }: Trial, requests: number): Promise<void> {
  const tookMs = await load.untilAcknowledged(requests, REQUESTS_MS);
  if (tookMs === null) throw new Error(`${requests} requests took more than ${REQUESTS_MS} ms`);
}

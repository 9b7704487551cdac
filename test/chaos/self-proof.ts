import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../support/seeded-random.ts';
import { isExact } from './ledger/judge.ts';
import { SEEDED_BUGS } from './reference/seeded-bugs.ts';
import { type ReferenceOptions, referenceTarget } from './target.ts';
import { killRepeatedly, runTrial, type TrialOutcome } from './trial.ts';

export interface SelfProof {
  readonly caught: readonly string[];
  readonly missed: readonly string[];
  /** Faults that the harness found in a store without a bug. */
  readonly falseAlarms: readonly string[];
}

/** The bug that needs many requests before it shows, and how many: one that its client breaks off and sends again hides it. */
const RAREST = 'one acknowledgement in ten thousand is lost';
const RAREST_REQUESTS = 10_000;
const RAREST_MS = 240_000;
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
        await killRepeatedly(trial, kills, seededRandom(1).uniform);
        if (options.bug !== RAREST) return;
        const tookMs = await trial.load.untilAcknowledged(RAREST_REQUESTS, RAREST_MS);
        if (tookMs === null) throw new Error(`${RAREST_REQUESTS} requests took more than ${RAREST_MS} ms`);
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

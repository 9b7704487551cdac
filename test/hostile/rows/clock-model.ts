import { mkdirSync } from 'node:fs';
import type { AnalysisTask } from '../../../src/analyze-stored.ts';
import type { RecordStore } from '../../../src/domain/record-store.ts';
import { decodeUpgrade } from '../../../src/domain/upgrade-document.ts';
import { openSqliteRecords } from '../../../src/store/records/record-store.ts';
import { followClock, type MadeReport, type WatchParts, watchOnce } from '../../../src/watch.ts';
import type { SeededRandom } from '../../support/seeded-random.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START_MS = Date.UTC(2026, 10, 20, 3);
const OFFSETS_MS = [-HOUR_MS, 0, 0, HOUR_MS];
const SKEWS_MINUTES = [-5, 0, 5];
const STEP_MS = 2 * MINUTE_MS;
const TENANT = 'default';

interface Watched {
  readonly name: string;
  readonly postStartMs: number;
  readonly postEndMs: number;
  /** How far the clock of whoever sends is ahead of the true time. */
  readonly skewMs: number;
}

export interface ClockOutcome {
  readonly evaluations: number;
  readonly repeated: number;
  readonly lostMinutes: number;
  readonly notClosed: number;
  readonly longestPauseMinutes: number;
}

/** Upgrades that two watchers report on while their clock jumps; what a report says is which minutes of post it saw. */
class JumpingWorld {
  readonly #records: RecordStore;
  readonly #random: SeededRandom;
  readonly #upgrades: readonly Watched[];
  readonly #lookedAtMs = new Map<string, number>();
  #trueMs = START_MS;
  #offsetMs = 0;
  #longestPauseMs = 0;

  constructor(records: RecordStore, random: SeededRandom, upgrades: number) {
    this.#records = records;
    this.#random = random;
    this.#upgrades = Array.from({ length: upgrades }, (_, index) => {
      const postStartMs = START_MS + Math.floor(random.uniform() * 120) * MINUTE_MS;
      const postEndMs = postStartMs + Math.floor(30 + random.uniform() * 120) * MINUTE_MS;
      return { name: `u${index}`, postStartMs, postEndMs, skewMs: SKEWS_MINUTES[index % 3]! * MINUTE_MS };
    });
  }

  async run(): Promise<ClockOutcome> {
    for (const upgrade of this.#upgrades) {
      await this.#records.putUpgrade(TENANT, upgrade.name, documentOf(upgrade), this.#now());
    }
    const watchers = ['a', 'b'].map((holder) => this.#watcher(holder));
    const latestMs = watchers.map(() => Number.POSITIVE_INFINITY);
    const endMs = START_MS + 6 * HOUR_MS;
    for (; this.#trueMs < endMs + HOUR_MS; this.#trueMs += STEP_MS) {
      if (this.#random.uniform() < 0.1) this.#offsetMs = OFFSETS_MS[Math.floor(this.#random.uniform() * 4)]!;
      if (this.#trueMs > endMs) this.#offsetMs = 0;
      await Promise.all(
        watchers.map(async (watcher, index) => {
          latestMs[index] = await followClock(watcher, latestMs[index]!);
          await watchOnce(watcher, new AbortController().signal);
        }),
      );
      await this.#notePauses();
    }
    return await this.#outcome();
  }

  #now(): number {
    return this.#trueMs + this.#offsetMs;
  }

  #watcher(holder: string): WatchParts {
    return {
      records: this.#records,
      analyse: async (task) => this.#reportOn(task),
      latestMs: async () => this.#latestMs(),
      holder,
      reach: { pastMs: HOUR_MS, openMs: HOUR_MS },
      intervalMs: MINUTE_MS,
      retentionMs: 90 * 24 * HOUR_MS,
      now: () => this.#now(),
      onForgotten: () => undefined,
      onSettled: () => undefined,
      onTrouble: ({ error }) => {
        throw error;
      },
    };
  }

  /** Senders whose clocks are five minutes ahead are ahead of all. */
  #latestMs(): number {
    return this.#trueMs + Math.max(...this.#upgrades.map(({ skewMs }) => skewMs));
  }

  /** The minutes that have come, and lie before what the watcher takes for now. */
  #reportOn({ name, nowMs }: AnalysisTask): MadeReport {
    const upgrade = this.#upgrades.find((one) => one.name === name)!;
    this.#lookedAtMs.set(name, this.#trueMs);
    const seen = this.#minutesThere(upgrade, Math.min(nowMs, upgrade.postEndMs));
    return { verdict: 'no-regression', digest: String(seen), json: JSON.stringify({ seen }) };
  }

  /** A minute is sent at its end by the clock of its sender. */
  #minutesThere({ postStartMs, skewMs }: Watched, untilMs: number): number {
    const comeMs = this.#trueMs + skewMs;
    return Math.max(0, Math.floor((Math.min(comeMs, untilMs) - postStartMs) / MINUTE_MS));
  }

  /** An upgrade that is open is looked at again within a few steps, whatever the clock did. */
  async #notePauses(): Promise<void> {
    for (const { name } of this.#upgrades) {
      const { dueMs } = (await this.#records.upgrade(TENANT, name))!;
      if (dueMs === null) this.#lookedAtMs.set(name, this.#trueMs);
      const pauseMs = this.#trueMs - (this.#lookedAtMs.get(name) ?? START_MS);
      this.#longestPauseMs = Math.max(this.#longestPauseMs, pauseMs);
    }
  }

  async #outcome(): Promise<ClockOutcome> {
    let [evaluations, repeated, lostMinutes, notClosed] = [0, 0, 0, 0];
    for (const upgrade of this.#upgrades) {
      const { rows } = await this.#records.reports(TENANT, upgrade.name, { after: null, limit: 1000 });
      evaluations += rows.length;
      repeated += rows.filter((row, index) => {
        const before = rows[index + 1];
        return before !== undefined && before.digest === row.digest && before.isFinal === row.isFinal;
      }).length;
      const last = rows[0];
      if (!last?.isFinal) notClosed++;
      lostMinutes += (upgrade.postEndMs - upgrade.postStartMs) / MINUTE_MS - Number(last?.digest ?? 0);
    }
    const longestPauseMinutes = this.#longestPauseMs / MINUTE_MS;
    return { evaluations, repeated, lostMinutes, notClosed, longestPauseMinutes };
  }
}

function documentOf({ name, postStartMs, postEndMs }: Watched): string {
  const at = (ms: number): string => new Date(ms).toISOString();
  const spec = {
    window: { start: at(postStartMs - 10 * MINUTE_MS), end: at(postStartMs) },
    post: { start: at(postStartMs), end: at(postEndMs) },
  };
  const document = JSON.stringify({ apiVersion: 'postflight/v1', kind: 'Upgrade', metadata: { name }, spec });
  decodeUpgrade(document, name);
  return document;
}

export async function runClockModel(folder: string, random: SeededRandom, upgrades: number): Promise<ClockOutcome> {
  mkdirSync(folder, { recursive: true });
  const records = await openSqliteRecords(folder);
  try {
    return await new JumpingWorld(records, random, upgrades).run();
  } finally {
    await records.close();
  }
}

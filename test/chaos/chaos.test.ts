import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeWithEngine } from '../store/telemetry/opened-store.ts';
import { ROWS } from './rows/index.ts';
import { lineOf, runRows } from './run-rows.ts';
import { proveHarness } from './self-proof.ts';
import { serviceTarget } from './target.ts';

const MINUTES_MS = 60_000;
/** The others take longer than they tell in a run of seconds: `npm run chaos`. */
const SHORT_ROWS = ['killed', 'engine killed', 'terminated', 'power cut', 'power cut at rest', 'sent twice', 'cut off'];

describe('the harness', () => {
  it('finds every mistake put around a store, and none in a store without', { timeout: 10 * MINUTES_MS }, async () => {
    const proof = await proveHarness(2);
    console.log(proof);
    expect(proof.falseAlarms).toEqual([]);
    expect(proof.missed).toEqual([]);
  });
});

describeWithEngine('what was acknowledged is stored, once, when it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postflight-chaos-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(ROWS.filter(({ name }) => SHORT_ROWS.includes(name)))('$name', { timeout: 10 * MINUTES_MS }, async (row) => {
    expect(serviceTarget.missing()).toBeNull();
    const target = serviceTarget;
    for await (const outcome of runRows([row], { target, isShort: true, folder, seed: 1 })) {
      if (outcome.result.skipped !== null) console.warn(`SKIPPED ${lineOf(outcome)}`);
      expect(outcome.result.misses, lineOf(outcome)).toEqual([]);
    }
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeWithEngine } from '../store/telemetry/opened-store.ts';
import { ROWS } from './rows/index.ts';

const MINUTES_MS = 60_000;

describeWithEngine('the service holds its limits, and says what it refuses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postflight-hostile-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(ROWS)('against $title', { timeout: 5 * MINUTES_MS }, async ({ number, run }) => {
    const figures = await run({ isSmall: true, folder: join(folder, String(number)) });
    expect(figures.filter(({ isMet, ofMachine }) => isMet === false && !ofMachine)).toEqual([]);
  });
});

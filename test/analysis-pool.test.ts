import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AnalysisPool, openAnalysisPool } from '../src/analysis-pool.ts';
import type { AnalysisTask } from '../src/analyze-stored.ts';

const NOW = Date.UTC(2026, 10, 20, 5);
const TASK: AnalysisTask = {
  tenant: 'default',
  name: 'dten',
  document: `apiVersion: postflight/v1
kind: Upgrade
metadata: { name: dten }
spec:
  window: { start: 2026-11-20T02:30:00Z, end: 2026-11-20T03:00:00Z }
`,
  slos: [],
  announced: [],
  reach: { pastMs: 86_400_000, openMs: 86_400_000 },
  nowMs: NOW,
  isFinal: false,
};
const NEVER = new AbortController().signal;

describe('the threads of the analysis', () => {
  let folder: string;
  let pool: AnalysisPool;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postflight-pool-'));
  });

  afterEach(async () => {
    await pool.close();
    await rm(folder, { recursive: true });
  });

  const absent = () => ({ address: { socketPath: join(folder, 'engine.sock') } });

  it('tell what went wrong as it was told there: the code, what to do, and when to come again', async () => {
    pool = openAnalysisPool(absent());
    await expect(pool.analyse(TASK, NEVER)).rejects.toMatchObject({
      name: 'AppError',
      code: 'unavailable',
      message: expect.stringContaining('the telemetry store does not answer'),
      remedy: expect.stringContaining('ask again'),
      retryAfterSeconds: 5,
    });
    const query = { tenant: 'default', service: null, endpoint: null, after: null, limit: 10 };
    const cells = pool.cells({ ...query, window: { startMs: NOW - 60_000, endMs: NOW } }, NEVER);
    await expect(cells).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
    const broken = pool.analyse({ ...TASK, document: TASK.document.replace('kind: Upgrade', 'kind: Other') }, NEVER);
    await expect(broken).rejects.toMatchObject({ code: 'document', faults: [{ pointer: '/kind' }] });
  });

  it('that cannot start refuse what waits for them, and are started again', async () => {
    const file = join(folder, 'thread.mjs');
    await writeFile(file, 'throw new Error("half installed");');
    pool = openAnalysisPool(absent(), pathToFileURL(file).href);
    for (let tries = 0; tries < 2; tries++) {
      await expect(pool.analyse(TASK, NEVER)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('half installed'),
        retryAfterSeconds: 60,
      });
    }
    await writeFile(file, 'export const analyseInThread = async ({ name }) => ({ result: name });');
    expect(await pool.analyse(TASK, NEVER)).toBe('dten');
  });
});

import { beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { REHEARSAL } from '../../examples/dten/timeline.ts';
import { serviceTarget } from '../chaos/target.ts';
import { hasEngine } from '../service/running-service.ts';
import { folderOf } from '../support/command-line.ts';
import { installedPrometheus } from '../support/prometheus-process.ts';
import { conclusionsOf, keptUp } from './agreement.ts';
import { type Rehearsed, rehearse } from './rehearsal.ts';

const missing = hasEngine() ? serviceTarget.missing() : 'chdb is not installed on this platform';
const prometheus = installedPrometheus();
if (prometheus === null) console.warn('SKIPPED: no prometheus on this machine, so nothing was scraped');

/** A story of milliseconds cannot be told on a machine where each call waits for a turn; that both ways agree can. */
function needSpeed(context: TestContext, { files }: Rehearsed): void {
  if (keptUp(files)) return;
  console.warn('SKIPPED: the machine was too busy for the story, so nothing is said of its verdict');
  context.skip();
}

/** Five minutes where the machine is idle, two of which the service waits for late telemetry; the restarts take as long as they take. */
const WITHIN_MS = 900_000;

describe.runIf(missing === null)('the example system, living through its upgrade', () => {
  const folder = folderOf({});
  let rehearsed: Rehearsed;
  beforeAll(async () => {
    rehearsed = await rehearse(folder.path, REHEARSAL, prometheus !== null);
    return () => folder.dispose();
  }, WITHIN_MS);

  it('sends a service over OTLP what leads to the very conclusions of the files it writes', () => {
    expect(conclusionsOf(rehearsed.sent)).toEqual(conclusionsOf(rehearsed.files));
  });

  it('is regressed, and its flag is blamed first', (context) => {
    needSpeed(context, rehearsed);
    expect(rehearsed.sent.verdict).toBe('regressed');
    expect(rehearsed.sent.suspects[0]).toMatchObject({ change: 'backoff.v2', verdict: 'blamed' });
  });

  it.skipIf(prometheus === null)('comes to the same verdict when Prometheus scrapes it and writes it on', (context) => {
    needSpeed(context, rehearsed);
    const { files, scraped } = rehearsed;
    expect(scraped?.verdict).toBe(files.verdict);
  });
});

describe.skipIf(missing === null)('the example system, living through its upgrade', () => {
  it('is not watched here', () => {
    console.warn(`SKIPPED: ${missing}`);
  });
});

import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Report } from '../../src/domain/report.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type Behaviour, cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, FIRST_POST_BLOCK, reportOf } from '../support/simulated-upgrade.ts';

type After = Partial<Record<'GET /a' | 'GET /b' | 'GET /c', Partial<Behaviour>>>;

/** Three endpoints of one service, each ordinary until post. */
function reportWhere(after: After, seed = 1): Report {
  const series = (['GET /a', 'GET /b', 'GET /c'] as const).map(
    (endpoint, i): CellSeries =>
      simulateRequests(
        cellKey({ endpoint }),
        ALL_BLOCKS,
        (block) => (block < FIRST_POST_BLOCK ? ORDINARY : { ...ORDINARY, ...after[endpoint] }),
        seededRandom(seed + i),
      ),
  );
  return reportOf(cellsOf(series));
}

function notesOf(report: Report, endpoint: string): string[] {
  return report.comparisons
    .filter((one) => one.endpoint === endpoint && one.indicator === 'latency.p50')
    .flatMap(({ notes }) => notes.filter((note) => note.startsWith('work moved')));
}

describe('work that moved from one endpoint to a sibling', () => {
  const moved = reportWhere({
    'GET /a': { medianSeconds: ORDINARY.medianSeconds * 1.5 },
    'GET /b': { medianSeconds: ORDINARY.medianSeconds * 0.5 },
  });

  it('is a note on both, with what the service as a whole takes', () => {
    expect(notesOf(moved, 'GET /a')).toEqual([
      expect.stringMatching(/\+9.* here and −\d.* at GET \/b; all of them together/),
    ]);
    expect(notesOf(moved, 'GET /b')).toEqual([expect.stringMatching(/−\d.* here and \+9.* at GET \/a/)]);
    expect(notesOf(moved, 'GET /c')).toEqual([]);
  });

  it('leaves the verdicts as they are', () => {
    const verdictOf = (endpoint: string) =>
      moved.comparisons.find((one) => one.endpoint === endpoint && one.indicator === 'latency.p50')?.verdict;
    expect([verdictOf('GET /a'), verdictOf('GET /b'), verdictOf('GET /c')]).toEqual([
      'regressed',
      'improved',
      'no-regression',
    ]);
  });

  it('is not said where the service as a whole got slower, nor where only one endpoint moved', () => {
    const slower = reportWhere({
      'GET /a': { medianSeconds: ORDINARY.medianSeconds * 2 },
      'GET /b': { medianSeconds: ORDINARY.medianSeconds * 0.5 },
    });
    const alone = reportWhere({ 'GET /a': { medianSeconds: ORDINARY.medianSeconds * 1.5 } });
    for (const report of [slower, alone]) {
      expect([...notesOf(report, 'GET /a'), ...notesOf(report, 'GET /b')]).toEqual([]);
    }
  });
});

describe('requests that moved', () => {
  const shiftsOf = (report: Report) => report.quality.filter(({ code }) => code === 'traffic-shift');

  it('from one endpoint to a sibling are named with their shares', () => {
    const [shift, ...more] = shiftsOf(reportWhere({ 'GET /a': { requests: 100 }, 'GET /b': { requests: 300 } }));
    expect(more).toEqual([]);
    expect(shift).toMatchObject({ severity: 'info', where: 'gateway' });
    expect(shift!.message).toContain('GET /a 33.3% to 16.7% of requests; GET /b 33.3% to 50% of requests');
  });

  it('to or from the service as a whole are named by their rate', () => {
    const tripled = { requests: 3 * ORDINARY.requests };
    const [shift] = shiftsOf(reportWhere({ 'GET /a': tripled, 'GET /b': tripled, 'GET /c': tripled }));
    expect(shift!.message).toContain('all requests from 600 to 1,800 a minute');
    expect(shift!.message).not.toContain('of requests');
  });

  it('are nothing to speak of where shares and rates stay as they were', () => {
    for (let seed = 1; seed <= 20; seed += 3) expect(shiftsOf(reportWhere({}, seed))).toEqual([]);
    expect(shiftsOf(reportWhere({ 'GET /a': { requests: 220 }, 'GET /b': { requests: 180 } }))).toEqual([]);
  });
});

import { formatPercent } from '../../../src/domain/numbers.ts';
import type { Report, Suspect } from '../../../src/domain/report.ts';
import { IRRELEVANT_CHANGE } from './scenario-document.ts';
import { type Event, type ExpectedSuspect, isGuilty, isInnocent, type WrittenScenario } from './written-scenario.ts';

/** What a report of a scenario says that is not right; nothing: it is the right answer. */
export function faultsOf(scenario: WrittenScenario, report: Report): string[] {
  const { expectation } = scenario;
  const { verdicts, suspects } = expectation;
  const faults = verdicts.includes(report.verdict) ? [] : [`verdict ${report.verdict}, not ${verdicts.join(' or ')}`];
  const guilty = suspects.filter(isGuilty).map(({ change }) => change);
  const first = report.suspects.slice(0, guilty.length).map(({ change }) => change);
  if (guilty.some((change) => !first.includes(change))) {
    faults.push(`ranked first: ${first.join(', ')}, not ${guilty.join(', ')}`);
  }
  return [
    ...faults,
    ...suspects.flatMap((expected) => suspectFaults(expected, suspectOf(report, expected.change))),
    ...wholeFaults(scenario, report),
    ...partFaults(report),
  ];
}

/** What changes of one endpoint explain of its regression is no more than the whole, give or take rounding and chance. */
const WHOLE = 1.05;

function wholeFaults(scenario: WrittenScenario, report: Report): string[] {
  const acting = new Map<string, string[]>();
  for (const event of scenario.events.filter(({ kind }) => kind !== 'trouble')) {
    for (const endpoint of endpointsOf(event, scenario)) {
      acting.set(endpoint, [...(acting.get(endpoint) ?? []), event.id]);
    }
  }
  return [...acting].flatMap(([endpoint, ids]) => {
    const shares = ids.map((id) => suspectOf(report, id)).filter(isAccused);
    const all = shares.reduce((sum, { share }) => sum + (share?.estimate ?? 0), 0);
    return all > WHOLE ? [`shares at ${endpoint} add up to ${formatPercent(all)}`] : [];
  });
}

/** Where an event does something: at endpoints of its own service; a peer outside is one place. */
function endpointsOf({ place, effects }: Event, { load }: WrittenScenario): string[] {
  const all = load.services.find(({ name }) => name === place)?.endpoints.map(({ name }) => name) ?? [''];
  const named = new Set(effects.flatMap(({ endpoint }) => (endpoint === null ? all : [endpoint])));
  return [...named].map((endpoint) => `${place} ${endpoint}`.trim());
}

function isAccused({ verdict }: Suspect): boolean {
  return verdict === 'blamed' || verdict === 'contributing';
}

/** In each comparison the parts, the mix and what is unexplained are the whole move. */
function partFaults({ comparisons }: Report): string[] {
  return comparisons.flatMap(({ endpoint, indicator, shares }) => {
    if (shares === null) return [];
    const parts = [...shares.parts, ...(shares.mix === null ? [] : [shares.mix]), shares.unexplained];
    const all = parts.reduce((sum, { estimate }) => sum + estimate, 0);
    return Math.abs(all - 1) < 1e-9 ? [] : [`parts of ${endpoint} ${indicator} add up to ${formatPercent(all)}`];
  });
}

function suspectOf({ suspects }: Report, id: string): Suspect {
  const suspect = suspects.find(({ change }) => change === id);
  if (suspect === undefined) throw new Error(`the report does not speak of ${id}`);
  return suspect;
}

function suspectFaults({ change, verdicts, inseparableFrom, share }: ExpectedSuspect, suspect: Suspect): string[] {
  if (!verdicts.includes(suspect.verdict)) return [`${change} ${suspect.verdict}, not ${verdicts.join(' or ')}`];
  const faults: string[] = [];
  if (inseparableFrom !== null && suspect.verdict === 'cannot-separate') {
    const named = [...suspect.inseparable_from].sort().join(', ');
    const wanted = [...inseparableFrom].sort().join(', ');
    if (named !== wanted) faults.push(`${change} inseparable from ${named}, not ${wanted}`);
    if (suspect.separate_by === null) faults.push(`no step would tell ${change} from ${wanted}`);
  }
  if (
    share !== null &&
    (suspect.share === null || suspect.share.estimate < share[0] || suspect.share.estimate > share[1])
  ) {
    faults.push(`share of ${change} is not within ${formatPercent(share[0])} to ${formatPercent(share[1])}`);
  }
  return faults;
}

/** How many innocent changes there are, and how many of them the report accuses. */
export function innocentsOf({ expectation }: WrittenScenario, report: Report): { accused: number; all: number } {
  const innocent = expectation.suspects.filter(isInnocent).map(({ change }) => suspectOf(report, change));
  const accused = innocent.filter(isAccused);
  return { accused: accused.length, all: innocent.length };
}

/** Whether the other changes keep their order beside one that can have done nothing. */
export function keepsOrder(report: Report, withIrrelevant: Report): boolean {
  const orderOf = ({ suspects }: Report): string =>
    suspects
      .filter(({ change }) => change !== IRRELEVANT_CHANGE)
      .map(({ change }) => change)
      .join('\n');
  return orderOf(report) === orderOf(withIrrelevant);
}

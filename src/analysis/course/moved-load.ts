import { REQUESTS } from '../../domain/cells.ts';
import { withSign } from '../../domain/numbers.ts';
import { formatQuantity } from '../../domain/quantities.ts';
import { moverDifference } from '../../statistics/mover.ts';
import type { Finding } from '../comparing/comparing.ts';
import { hasMoved } from '../comparing/judging.ts';
import type { Phases } from '../phases.ts';
import { levels, type ServiceBlocks, serviceBlocks, total } from '../sampling/service-blocks.ts';
import type { Subject } from '../subjects.ts';

const PER_REQUEST = { indicator: 'latency', unit: 's' } as const;

/**
 * Work that moved: where one endpoint of a service, or one of its calls, takes clearly more time and another clearly less,
 * while all of them together stay within the margin, the comparisons involved say so. Their verdicts stay.
 */
export function noteMovedLoad(findings: readonly Finding[], margin: number, phases: Phases): Finding[] {
  const notes = new Map<Subject, string>();
  for (const group of groupsWithMoves(findings)) {
    const blocks = serviceBlocks(group, phases);
    for (const [subject, note] of movedLoad(blocks, margin)) notes.set(subject, note);
  }
  return findings.map((finding) => {
    const note = notes.get(finding.subject);
    if (note === undefined || !isTimed(finding) || !hasMoved(finding.comparison.verdict)) return finding;
    const { comparison } = finding;
    return { ...finding, comparison: { ...comparison, notes: [...comparison.notes, note] } };
  });
}

/** Only comparisons of time can be explained by where time is spent. */
function isTimed({ indicator }: Finding): boolean {
  return indicator.unit === 's';
}

/** The own endpoints of each service, and the calls of each endpoint, where two or more stand beside one that moved. */
function groupsWithMoves(findings: readonly Finding[]): Subject[][] {
  const groups = new Map<string, { subjects: Set<Subject>; moved: boolean }>();
  for (const finding of findings) {
    const { subject, comparison } = finding;
    if (subject.measure !== REQUESTS) continue;
    const calls = subject.peer === null ? null : subject.endpoint;
    const name = JSON.stringify([subject.service, subject.peer === null, calls]);
    const group = groups.get(name) ?? { subjects: new Set<Subject>(), moved: false };
    group.subjects.add(subject);
    group.moved ||= isTimed(finding) && hasMoved(comparison.verdict);
    groups.set(name, group);
  }
  return [...groups.values()]
    .filter(({ subjects, moved }) => moved && subjects.size > 1)
    .map(({ subjects }) => [...subjects]);
}

function movedLoad({ subjects, requests, seconds }: ServiceBlocks, margin: number): [Subject, string][] {
  if (seconds === null) return [];
  const all = total(requests);
  const together = levels(total(seconds), all);
  if (together === null) return [];
  const [before, after] = together;
  const flat = moverDifference(before, after);
  const most = margin * before.estimate;
  if (!(flat.low > -most && flat.high < most)) return [];
  const moves = subjects.flatMap((subject, i) => {
    const pair = levels(seconds[i]!, all);
    return pair === null ? [] : [{ subject, ...moverDifference(...pair) }];
  });
  const risen = moves.filter(({ low }) => low > most).sort((left, right) => right.estimate - left.estimate);
  const fallen = moves.filter(({ high }) => high < -most).sort((left, right) => left.estimate - right.estimate);
  if (risen.length === 0 || fallen.length === 0) return [];
  const time = (value: number): string => formatQuantity(value, PER_REQUEST);
  const whole = `all of them together ${time(before.estimate)} before, ${time(after.estimate)} after`;
  const noteOf = (here: (typeof moves)[number], there: (typeof moves)[number]): string =>
    `work moved: for each request to the service ${withSign(here.estimate, time)} here and ` +
    `${withSign(there.estimate, time)} at ${nameOf(there.subject)}; ${whole}`;
  return [
    ...risen.map((here): [Subject, string] => [here.subject, noteOf(here, fallen[0]!)]),
    ...fallen.map((here): [Subject, string] => [here.subject, noteOf(here, risen[0]!)]),
  ];
}

function nameOf({ service, endpoint, peer }: Subject): string {
  if (peer !== null) return `calls to ${peer}`;
  return endpoint ?? service;
}

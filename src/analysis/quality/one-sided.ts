import { REQUESTS } from '../../domain/cells.ts';
import { formatNumber, formatPercent } from '../../domain/numbers.ts';
import { describeQuality, type QualityFinding } from '../../domain/quality.ts';
import { placed } from '../comparison-name.ts';
import { BASELINE, type Phases, POST } from '../phases.ts';
import { serviceBlocks, total } from '../sampling/service-blocks.ts';
import type { Subject } from '../subjects.ts';
import { hasPhase } from './windows.ts';

const MOST_NAMED = 3;
const SIDES = [
  { side: BASELINE, since: 'gone since the upgrade', when: ' before' },
  { side: POST, since: 'new since the upgrade', when: '' },
] as const;

interface Size {
  readonly perMinute: number;
  readonly share: number;
}

/** Endpoints, calls and series of one side only: those that are gone apart from those that are new, the busiest first. */
export function oneSidedFindings(subjects: readonly Subject[], phases: Phases): QualityFinding[] {
  const found = subjects.flatMap((subject) => {
    const [before, after] = [hasPhase(subject, phases, BASELINE), hasPhase(subject, phases, POST)];
    return before === after ? [] : [{ subject, side: before ? BASELINE : POST }];
  });
  return SIDES.flatMap(({ side, since, when }) => {
    const own = withoutParts(found.filter((one) => one.side === side).map(({ subject }) => subject));
    const sizeOf = sizesOf(own, subjects, phases, side);
    const sized = own.map((subject) => ({ name: nameOf(subject), ...sizeOf(subject) }));
    if (sized.length === 0) return [];
    sized.sort((left, right) => right.perMinute - left.perMinute);
    const named = sized.slice(0, MOST_NAMED).map(({ name, ...size }) => `${name}${sizeWords(size, when)}`);
    const more = sized.length > MOST_NAMED ? [`and ${sized.length - MOST_NAMED} more`] : [];
    return [describeQuality('one-sided-endpoint', `${since}: ${[...named, ...more].join('; ')}`, sized[0]!.name)];
  });
}

/** Calls and named series of an endpoint go and come with it. */
function withoutParts(subjects: readonly Subject[]): Subject[] {
  const whole = new Set(subjects.filter(isEndpoint).map(endpointKey));
  return subjects.filter((subject) => isEndpoint(subject) || !whole.has(endpointKey(subject)));
}

function isEndpoint({ measure, peer }: Subject): boolean {
  return measure === REQUESTS && peer === null;
}

function endpointKey({ service, endpoint }: Subject): string {
  return JSON.stringify([service, endpoint]);
}

function nameOf(subject: Subject): string {
  const { measure } = subject;
  return measure === REQUESTS ? placed(subject) : `${measure} of ${placed(subject)}`;
}

function sizeWords({ perMinute, share }: Size, when: string): string {
  if (perMinute === 0) return '';
  const written = formatNumber(perMinute);
  const rate = `${written} ${written === '1' ? 'request' : 'requests'} a minute${when}`;
  return `, ${rate}, ${formatPercent(share)} of its service's`;
}

/** Requests a minute of endpoints on that side, and their share of their service's; of calls and named series nothing is said. */
function sizesOf(wanted: readonly Subject[], subjects: readonly Subject[], phases: Phases, side: 0 | 1) {
  const services = new Set(wanted.filter(isEndpoint).map(({ service }) => service));
  const sizes = new Map<Subject, Size>();
  for (const service of services) {
    const siblings = subjects.filter((one) => isEndpoint(one) && one.service === service);
    const { requests } = serviceBlocks(siblings, phases);
    const ofAll = total(requests)[side];
    const minutes = (ofAll.length * phases.resolutionMs) / 60_000;
    for (const [i, subject] of siblings.entries()) {
      const own = sum(requests[i]![side]);
      sizes.set(subject, { perMinute: own / minutes, share: own / sum(ofAll) });
    }
  }
  return (subject: Subject): Size => sizes.get(subject) ?? { perMinute: 0, share: 0 };
}

function sum(values: Float64Array): number {
  return values.reduce((all, value) => all + value, 0);
}

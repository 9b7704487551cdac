import { REQUESTS } from '../../domain/cells.ts';
import { formatNumber, formatPercent } from '../../domain/numbers.ts';
import { describeQuality, type QualityFinding } from '../../domain/quality.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { moverRatio } from '../../statistics/mover.ts';
import type { Phases } from '../phases.ts';
import { levels, type ServiceBlocks, serviceBlocks, total } from '../sampling/service-blocks.ts';
import type { Subject } from '../subjects.ts';

/** A share of a service's requests that changed by less than this factor has not moved a lot; its interval must clear it. */
const SHARE_FACTOR = 1.25;
/** Traffic as a whole follows the hours: only this much of a change is worth a line. */
const RATE_FACTOR = 2;
const MOST_NAMED = 3;

/** Requests that moved between the endpoints of a service, and services that got far more or fewer of them. */
export function trafficShifts(subjects: readonly Subject[], phases: Phases): QualityFinding[] {
  const services = new Map<string, Subject[]>();
  for (const subject of subjects) {
    if (subject.measure !== REQUESTS || subject.peer !== null) continue;
    services.set(subject.service, [...(services.get(subject.service) ?? []), subject]);
  }
  return [...services]
    .sort(([left], [right]) => compareTexts(left, right))
    .flatMap(([service, own]) => {
      const blocks = serviceBlocks(own, phases);
      const moved = [...rateShift(blocks, phases), ...shareShifts(blocks)];
      return moved.length === 0 ? [] : [describeQuality('traffic-shift', worded(moved), service)];
    });
}

function worded(moved: readonly string[]): string {
  const more = moved.length > MOST_NAMED ? [`and ${moved.length - MOST_NAMED} more`] : [];
  return [...moved.slice(0, MOST_NAMED), ...more].join('; ');
}

/** Endpoints whose share of their service's requests moved, the furthest first. */
function shareShifts({ subjects, requests }: ServiceBlocks): string[] {
  if (subjects.length < 2) return [];
  const all = total(requests);
  return subjects
    .flatMap((subject, i) => {
      const shares = levels(requests[i]!, all);
      if (shares === null) return [];
      const [before, after] = shares;
      const { estimate, low, high } = moverRatio(before, after);
      if (!(estimate > 0 && Number.isFinite(estimate)) || !(low > SHARE_FACTOR || high < 1 / SHARE_FACTOR)) return [];
      const name = subject.endpoint ?? subject.service;
      const words = `${name} ${formatPercent(before.estimate)} to ${formatPercent(after.estimate)} of requests`;
      return [{ words, distance: Math.abs(Math.log(estimate)) }];
    })
    .sort((left, right) => right.distance - left.distance || compareTexts(left.words, right.words))
    .map(({ words }) => words);
}

function rateShift({ requests }: ServiceBlocks, { resolutionMs }: Phases): string[] {
  const all = total(requests);
  const ones = [all[0].map(() => 1), all[1].map(() => 1)] as const;
  const rates = levels(all, ones);
  if (rates === null) return [];
  const { low, high } = moverRatio(...rates);
  if (!(low > RATE_FACTOR || high < 1 / RATE_FACTOR)) return [];
  const [before, after] = rates.map(({ estimate }) => formatNumber((estimate * 60_000) / resolutionMs));
  return [`all requests from ${before} to ${after} a minute`];
}

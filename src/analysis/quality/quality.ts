import { type Cells, REQUESTS } from '../../domain/cells.ts';
import { describeQuality, type QualityFinding } from '../../domain/quality.ts';
import type { Slo } from '../../domain/slo.ts';
import { compareTexts } from '../../domain/text-order.ts';
import type { Upgrade } from '../../domain/upgrade.ts';
import { hasTraffic } from '../budget.ts';
import { trafficShifts } from '../course/traffic-shift.ts';
import { readExposure, type SharesMet } from '../exposure/exposure.ts';
import type { Phases } from '../phases.ts';
import type { Subject } from '../subjects.ts';
import { armsBeforeFindings } from './arms-before.ts';
import { oneSidedFindings } from './one-sided.ts';
import { splitFindings } from './split-quality.ts';
import { type EmptyWindow, windowFindings } from './windows.ts';

/** What cells are held against. */
export interface QualityContext {
  readonly upgrade: Upgrade;
  readonly slos: readonly Slo[];
  readonly phases: Phases;
  readonly shares: SharesMet;
}

/** What the analysis itself notices about the data; what readers noticed comes with the cells. */
export function qualityOf(
  cells: Cells,
  subjects: readonly Subject[],
  empty: readonly EmptyWindow[],
  { upgrade, slos, phases, shares }: QualityContext,
): QualityFinding[] {
  if (cells.series.length === 0) return [describeQuality('no-data', '', 'telemetry')];
  return [
    ...windowFindings(phases, empty),
    ...(empty.length === 0 ? oneSidedFindings(subjects, phases) : []),
    ...instanceFindings(subjects),
    ...trafficShifts(subjects, phases),
    ...exposureFindings(cells, upgrade, shares),
    ...splitFindings(subjects, upgrade.changes, phases, shares),
    ...armsBeforeFindings(subjects, { upgrade, slos, phases, shares }),
    ...upgrade.indicators
      .filter(({ name }) => !cells.series.some(({ measure }) => measure === name))
      .map(({ name, metric }) => describeQuality('indicator-without-data', metric, name)),
    ...upgrade.strata
      .filter((name) => !cells.series.some(({ key }) => key.attributes.has(name)))
      .map((name) => describeQuality('stratum-without-data', name, 'spec.strata')),
    ...sloFindings(cells, upgrade, slos),
  ];
}

/** Of SLOs that apply because the document names none, those of services that this telemetry does not know are no concern of it. */
function sloFindings(cells: Cells, { sloFiles }: Upgrade, slos: readonly Slo[]): QualityFinding[] {
  const services = new Set(cells.series.map(({ key }) => key.service));
  return slos
    .filter((slo) => !hasTraffic(slo, cells) && (sloFiles.length > 0 || services.has(slo.service)))
    .map((slo) => describeQuality('slo-without-data', `${slo.service} ${slo.endpoint ?? ''}`.trim(), slo.name));
}

function instanceFindings(subjects: readonly Subject[]): QualityFinding[] {
  const instances = new Map<string, Set<string>>();
  for (const { measure, service, peer, series } of subjects) {
    if (measure !== REQUESTS || peer !== null) continue;
    const known = instances.get(service) ?? new Set<string>();
    for (const { key } of series) known.add(key.instance ?? '');
    instances.set(service, known);
  }
  const single = [...instances].filter(([, known]) => known.size === 1).map(([service]) => service);
  return single.length === 0
    ? []
    : [describeQuality('one-instance', single.sort(compareTexts).slice(0, 5).join(', '), single[0]!)];
}

function exposureFindings(cells: Cells, upgrade: Upgrade, shares: SharesMet): QualityFinding[] {
  return upgrade.changes.flatMap((change) => {
    const { sight } = readExposure(change, cells.series, shares);
    const isCalled = change.peer !== null && cells.series.some(({ key }) => key.peer === change.peer);
    if (sight === 'visible' || isCalled) return [];
    return [
      describeQuality(
        sight === 'unmet' || change.peer !== null ? 'change-without-traffic' : 'change-not-visible',
        change.id,
        change.id,
      ),
    ];
  });
}

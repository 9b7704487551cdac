import { type CellSeries, CONFIG_PREFIX, FLAG_PREFIX } from '../../domain/cells.ts';
import { formatPercent } from '../../domain/numbers.ts';
import { compareTexts } from '../../domain/text-order.ts';
import type { Upgrade } from '../../domain/upgrade.ts';
import type { Design } from '../designs/design.ts';
import { exposureAttributes } from '../exposure/exposure.ts';
import type { Sample } from '../sampling/sample.ts';
import { compareStrata, type Strata } from './strata.ts';

/** An attribute that may tell kinds of traffic apart, and whether the document says that it does. */
export interface StratumAttribute {
  readonly name: string;
  readonly declared: boolean;
}

/** What a user may be served differently by, though nobody declared it. */
const INFERRED = /^(feature_flag|config)\./;
/** Strata of their own must carry this much of both arms' traffic: what the verdict is taken on is nearly all there is. */
const COVERED = 0.9;
/** A value of an unlisted flag or config key that only one side has is a change nobody listed, not a shift of the mix. */
const MOST_UNLISTED = 0.01;

/**
 * What is to be held equal on these series: the attributes the document declares, then flags and config keys that it does
 * not list as changes; only those that vary.
 */
export function stratumAttributes(series: readonly CellSeries[], upgrade: Upgrade): StratumAttribute[] {
  const changed = changedAttributes(upgrade);
  const present = new Set(series.flatMap(({ key }) => [...key.attributes.keys()]));
  const declared = upgrade.strata.filter((name) => present.has(name));
  const inferred = [...present].filter((name) => INFERRED.test(name) && !declared.includes(name)).sort(compareTexts);
  return [
    ...declared.map((name) => ({ name, declared: true })),
    ...inferred.map((name) => ({ name, declared: false })),
  ].filter(({ name }) => !changed.has(name) && varies(series, name));
}

/** What tells who met a change must differ between the arms; a change read off another attribute still owns its flag. */
function changedAttributes({ changes }: Upgrade): Set<string> {
  const ofSubjects = changes.flatMap(({ subject }) =>
    subject === null ? [] : [`${FLAG_PREFIX}${subject}`, `${CONFIG_PREFIX}${subject}`],
  );
  return new Set([...exposureAttributes(changes), ...ofSubjects]);
}

function varies(series: readonly CellSeries[], name: string): boolean {
  const first = series[0]?.key.attributes.get(name);
  return series.some(({ key }) => key.attributes.get(name) !== first);
}

/**
 * The design with every kind of traffic compared with itself. Attributes are taken one by one as long as the strata both
 * arms have carry the traffic; one whose values switched with the upgrade would leave nothing to compare.
 */
export function standardisedDesign(design: Design, attributes: readonly StratumAttribute[]): Design {
  let strata: Strata | null = null;
  const notes: string[] = [];
  for (const attribute of attributes) {
    const finer = crossed(design.sample.series, strata, attribute.name);
    const reason = unfitBecause(attribute, samplesOf(design), finer);
    if (reason === null) strata = finer;
    else notes.push(reason);
  }
  const all = [...design.notes, ...notes.filter((note) => note !== '')];
  if (strata === null) return { ...design, notes: all };
  const within = <S extends Sample | null>(sample: S): S => (sample === null ? sample : { ...sample, strata });
  return {
    ...design,
    sample: within(design.sample),
    control: within(design.control),
    before: within(design.before),
    notes: all,
  };
}

function samplesOf({ sample, control }: Design): Sample[] {
  return control === null ? [sample] : [sample, control];
}

/** Each stratum divided by the values of one more attribute; a series without it has a value of its own. */
function crossed(series: readonly CellSeries[], strata: Strata | null, name: string): Strata {
  const numbers = new Map<string, number>();
  const ofSeries = Int32Array.from(series, ({ key }, index) => {
    const value = key.attributes.get(name);
    const label = `${strata?.ofSeries[index] ?? 0}${value === undefined ? '' : `:${value}`}`;
    const number = numbers.get(label) ?? numbers.size;
    numbers.set(label, number);
    return number;
  });
  return { attributes: [...(strata?.attributes ?? []), name], ofSeries, count: numbers.size };
}

/** Why an attribute cannot be held equal, '' where that needs no words; null where it can. */
function unfitBecause({ name, declared }: StratumAttribute, samples: readonly Sample[], finer: Strata): string | null {
  const outside = Math.max(...samples.map((sample) => outsideShare(sample, name)));
  if (Number.isNaN(outside)) return '';
  if (outside > (declared ? 1 - COVERED : MOST_UNLISTED)) {
    return `${name} differs between the two sides: ${formatPercent(outside)} of the traffic of one has values the other lacks, so it could not be held equal`;
  }
  const isCovered = samples.every((sample) => compareStrata(sample, finer).ownShares.every((own) => own >= COVERED));
  if (isCovered) return null;
  return declared ? `${name} has too many values of too few requests each to be held equal` : '';
}

/** By the attribute alone, so that it does not answer for those it is crossed with. */
function outsideShare(sample: Sample, name: string): number {
  return Math.max(...compareStrata(sample, crossed(sample.series, null, name)).outsideShares);
}

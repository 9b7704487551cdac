/** A name as Prometheus spells it, with what it cannot hold as underscores (OpenTelemetry, prometheus_and_openmetrics.md). */
export function spelled(name: string): string {
  return name.replace(/[^a-zA-Z0-9_:]/g, '_').replace(/^(?=\d)/, '_');
}

/** Words that units become at the end of a metric's name (prometheus/otlptranslator, unit maps). */
const UNIT_OF_WORD: ReadonlyMap<string, string> = new Map([
  ['seconds', 's'],
  ['milliseconds', 'ms'],
  ['microseconds', 'us'],
  ['nanoseconds', 'ns'],
  ['minutes', 'min'],
  ['hours', 'h'],
  ['days', 'd'],
  ['bytes', 'By'],
  ['kibibytes', 'KiBy'],
  ['mebibytes', 'MiBy'],
  ['gibibytes', 'GiBy'],
  ['tibibytes', 'TiBy'],
  ['kilobytes', 'KBy'],
  ['megabytes', 'MBy'],
  ['gigabytes', 'GBy'],
  ['terabytes', 'TBy'],
  ['meters', 'm'],
  ['volts', 'V'],
  ['amperes', 'A'],
  ['joules', 'J'],
  ['watts', 'W'],
  ['grams', 'g'],
  ['celsius', 'Cel'],
  ['hertz', 'Hz'],
  ['ratio', '1'],
  ['percent', '%'],
]);

const TOTAL = '_total';

/** A metric's name without what a translation adds, and the unit that it said. */
export interface Stem {
  readonly name: string;
  /** Empty: the name says none. */
  readonly unit: string;
}

/** What a spelled name may have been made of, the whole name first. */
export function stemsOf(name: string): readonly Stem[] {
  const counted = name.endsWith(TOTAL) ? name.slice(0, -TOTAL.length) : name;
  const unit = unitOf(counted);
  const whole = { name, unit };
  const stems = counted === name ? [whole] : [whole, { name: counted, unit }];
  if (unit !== '') stems.push({ name: counted.slice(0, counted.lastIndexOf('_')), unit });
  return stems;
}

function unitOf(name: string): string {
  const word = name.slice(name.lastIndexOf('_') + 1);
  return word === name ? '' : (UNIT_OF_WORD.get(word) ?? '');
}

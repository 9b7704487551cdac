import type { Slo } from '../domain/slo.ts';
import type { Subject } from './subjects.ts';

/** The SLOs that speak about a subject; one without an endpoint speaks about the service as a whole. */
export function slosOf(subject: Subject, slos: readonly Slo[]): Slo[] {
  return slos.filter(
    (slo) => slo.service === subject.service && slo.endpoint === subject.endpoint && slo.peer === subject.peer,
  );
}

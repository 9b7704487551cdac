import type { Cells } from '../domain/cells.ts';

/** The services and peers that the telemetry tells of, by themselves or as whom somebody calls. */
export function knownPlaces({ series, calls, evaluations }: Cells): ReadonlySet<string> {
  const places = [
    ...series.flatMap(({ key }) => [key.service, key.peer]),
    ...calls.flatMap(({ service, peer, calleeService }) => [service, peer, calleeService]),
    ...evaluations.map(({ service }) => service),
  ];
  return new Set(places.filter((place) => place !== null));
}

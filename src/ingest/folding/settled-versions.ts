import { BUILD_NAMES } from '../conventions/build-identity.ts';
import type { Reporter } from './cell-key.ts';

const NO_BUILDS: Reporter['builds'] = new Map();

/**
 * Where a service states one version, or none, throughout, and an image, deployment or replica set of it changes, that is
 * its version. Where versions differ they are kept: images may also differ by architecture, replica sets by canary.
 */
export function settledVersions(reporters: readonly Reporter[]): (reporter: Reporter) => Reporter {
  const ofService = new Map<string, Reporter[]>();
  for (const reporter of reporters) {
    const known = ofService.get(reporter.service);
    if (known === undefined) ofService.set(reporter.service, [reporter]);
    else known.push(reporter);
  }
  const tellingOf = new Map([...ofService].map(([service, known]) => [service, tellingBuild(known)]));
  return (reporter) => {
    const telling = tellingOf.get(reporter.service) ?? null;
    const build = telling === null ? undefined : reporter.builds.get(telling);
    return { ...reporter, version: build ?? reporter.version, builds: NO_BUILDS };
  };
}

/** The first attribute that tells builds of a service apart, which its version does not. */
function tellingBuild(reporters: readonly Reporter[]): string | null {
  if (new Set(reporters.map(({ version }) => version)).size > 1) return null;
  const differs = (name: string) => new Set(reporters.flatMap(({ builds }) => builds.get(name) ?? [])).size > 1;
  return BUILD_NAMES.find(differs) ?? null;
}

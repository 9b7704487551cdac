import { clipped, printable, quoted } from './document-problem.ts';
import type { Attributes } from './telemetry.ts';

const OWNERS = ['service.name', 'service.instance.id'];

/** What is refused and who sent it, as far as its resource says: to be told where there is no file and line. */
export function telemetryPlace(name: string, resource: Attributes): string {
  const shown = printable(clipped(name));
  const owners = OWNERS.filter((key) => resource.has(key)).map((key) => `${key} ${quoted(resource.get(key)!)}`);
  return owners.length === 0 ? shown : `${shown} of ${owners.join(', ')}`;
}

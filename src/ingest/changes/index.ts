import { cdevents } from './cdevents.ts';
import type { ChangeEvent, ChangeFormat } from './change-format.ts';
import { flagsmithFlags } from './flagsmith.ts';
import { githubDeployments } from './github.ts';
import { growthbookFeatures } from './growthbook.ts';
import { launchdarklyFlags } from './launchdarkly.ts';
import { postflightChanges } from './postflight.ts';
import { unleashFlags } from './unleash.ts';

/** Every way in which changes are announced; the first that recognises an event reads it. */
export const CHANGE_FORMATS: readonly ChangeFormat[] = [
  cdevents,
  githubDeployments,
  launchdarklyFlags,
  unleashFlags,
  flagsmithFlags,
  growthbookFeatures,
  postflightChanges,
];

export function changeFormatOf(event: ChangeEvent): ChangeFormat {
  return CHANGE_FORMATS.find((format) => format.recognises(event)) ?? postflightChanges;
}

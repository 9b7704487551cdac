import type { ChangeFormat } from './change-format.ts';
import { announced, neededText, textAt } from './identity.ts';

/** What traffic sees change; others edit names, tags and the like. https://docs.getunleash.io/reference/events */
const VARIANT_OF_TYPE: ReadonlyMap<string, string | null> = new Map([
  ['feature-environment-enabled', 'on'],
  ['feature-environment-disabled', 'off'],
  ['feature-strategy-add', null],
  ['feature-strategy-update', null],
  ['feature-strategy-remove', null],
  ['feature-environment-variants-updated', null],
]);

export const unleashFlags: ChangeFormat = {
  name: 'unleash',
  says: "Unleash's webhooks of features",
  recognises: ({ json }) => /^(feature|change)-/.test(textAt(json, 'type') ?? '') && textAt(json, 'createdAt') !== null,
  read: ({ json }) => {
    const place = 'Unleash';
    const type = neededText(json, place, 'type');
    const to = VARIANT_OF_TYPE.get(type);
    if (to === undefined) return [];
    const flag = neededText(json, place, 'featureName');
    const at = neededText(json, place, 'createdAt');
    return announced({ id: `${flag} ${at}`, kind: 'flag', flag, to, at }, place, neededText(json, place, 'id'));
  },
};

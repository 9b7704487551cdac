import type { ChangeFormat } from './change-format.ts';
import { announced, neededText, textAt } from './identity.ts';

/** https://docs.flagsmith.com/system-administration/webhooks; states of single identities are no change to compare. */
export const flagsmithFlags: ChangeFormat = {
  name: 'flagsmith',
  says: "Flagsmith's environment webhooks of flags",
  recognises: ({ json }) => /^FLAG_/.test(textAt(json, 'event_type') ?? ''),
  read: ({ json }) => {
    if (textAt(json, 'event_type') !== 'FLAG_UPDATED') return [];
    if (textAt(json, 'data', 'new_state', 'identity_identifier') !== null) return [];
    const place = 'Flagsmith';
    const flag = neededText(json, place, 'data', 'new_state', 'feature', 'name');
    const at = neededText(json, place, 'data', 'timestamp');
    const [from, to] = ['previous_state', 'new_state'].map((state) =>
      variantOf(textAt(json, 'data', state, 'enabled')),
    );
    const entry = { id: `${flag} ${at}`, kind: 'flag', flag, from: from ?? null, to: to ?? null, at };
    return announced(entry, place, flag, at, textAt(json, 'data', 'new_state', 'environment', 'name') ?? '');
  },
};

function variantOf(enabled: string | null): string | null {
  if (enabled === null) return null;
  return enabled === 'true' ? 'on' : 'off';
}

import { decodeChanges } from '../../domain/change-document.ts';
import type { ChangeFormat } from './change-format.ts';
import { identified } from './identity.ts';

/** Our own shape, which is also what a body that no other format recognises is read as. */
export const postflightChanges: ChangeFormat = {
  name: 'postflight',
  says: 'an entry of `spec.changes` with its time `at`, a list of them, or `{ "changes": [ … ] }`; JSON or YAML',
  recognises: () => true,
  read: (event) => identified(decodeChanges(event.text, 'changes')),
};

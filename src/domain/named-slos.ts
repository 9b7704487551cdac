import { quoted } from './document-problem.ts';
import { upgradeFaults } from './upgrade-document.ts';

/** An upgrade document that decodes, and the name it goes by. */
export interface NamingDocument {
  readonly text: string;
  readonly place: string;
  /** Its `spec.slos`. */
  readonly names: readonly string[];
}

/** Of the stored SLOs those that a document names, or all where it names none. Throws where one is not stored. */
export function namedSlos<Stored extends { readonly name: string }>(
  stored: readonly Stored[],
  { text, place, names }: NamingDocument,
): readonly Stored[] {
  const others = stored.map(({ name }) => name).join(', ');
  const faults = names.flatMap((name, index) => {
    if (stored.some((one) => one.name === name)) return [];
    const remedy = `store it first with PUT /api/v1/slos/{name}${others === '' ? '' : `, or name one of ${others}`}`;
    return [{ path: ['spec', 'slos', index], message: `no SLO ${quoted(name)} is stored`, remedy }];
  });
  if (faults.length > 0) throw upgradeFaults(text, place, faults);
  return names.length === 0 ? stored : stored.filter(({ name }) => names.includes(name));
}

import { quoted } from './document-problem.ts';
import { nearestName } from './nearest-name.ts';
import { upgradeFaults } from './upgrade-document.ts';

/** An upgrade document that decodes, and the name it goes by. */
export interface NamingDocument {
  readonly text: string;
  readonly place: string;
  /** Its `spec.slos`. */
  readonly names: readonly string[];
}

const STORE_IT = 'store it first with PUT /api/v1/slos/{name}';
/** Remedies stay readable however many SLOs are stored, and are found in no time however long a document is. */
const SHOWN_NAMES = 5;
const MOST_COMPARED_NAMES = 10;
const MOST_COMPARED_CHARACTERS = 100;

/** Of the stored SLOs those that a document names, or all where it names none. Throws where one is not stored. */
export function namedSlos<Stored extends { readonly name: string }>(
  stored: readonly Stored[],
  { text, place, names }: NamingDocument,
): readonly Stored[] {
  const known = new Set(stored.map(({ name }) => name));
  const missing = names.flatMap((name, index) => (known.has(name) ? [] : [{ name, index }]));
  const short = [...known].filter((name) => name.length <= MOST_COMPARED_CHARACTERS);
  const others = `${STORE_IT}${alternatives([...known])}`;
  const faults = missing.map(({ name, index }, nth) => {
    const isCompared = nth < MOST_COMPARED_NAMES && name.length <= MOST_COMPARED_CHARACTERS;
    const nearest = isCompared ? nearestName(name, short) : null;
    const remedy = nearest === null ? others : `did you mean ${quoted(nearest)}? else ${STORE_IT}`;
    return { path: ['spec', 'slos', index], message: `no SLO ${quoted(name)} is stored`, remedy };
  });
  if (faults.length > 0) throw upgradeFaults(text, place, faults);
  const wanted = new Set(names);
  return names.length === 0 ? stored : stored.filter(({ name }) => wanted.has(name));
}

function alternatives(names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, SHOWN_NAMES).map(quoted).join(', ');
  return `, or name one of ${shown}${names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : ''}`;
}

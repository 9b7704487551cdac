import { AppError } from './error.ts';

/** Of the stored SLOs those that a document names, or all where it names none. Throws where one is not stored. */
export function namedSlos<Stored extends { readonly name: string }>(
  stored: readonly Stored[],
  names: readonly string[],
): readonly Stored[] {
  const missing = names.filter((name) => !stored.some((one) => one.name === name));
  if (missing.length > 0) {
    const others = stored.map(({ name }) => name).join(', ');
    throw new AppError('document', `names SLOs that are not stored: ${missing.join(', ')}`, {
      place: 'spec.slos',
      remedy: `store them first with PUT /api/v1/slos/{name}${others === '' ? '' : `, or name one of ${others}`}`,
    });
  }
  return names.length === 0 ? stored : stored.filter(({ name }) => names.includes(name));
}

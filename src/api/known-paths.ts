import type { RouterRoute } from 'hono/types';

/** The methods that something answers at a path, for `Allow` (RFC 9110, 15.5.6); none where nothing is there. */
export function methodsAt(routes: readonly RouterRoute[], path: string): string[] {
  const methods = new Set(
    routes.filter((route) => route.method !== 'ALL' && isAt(route.path, path)).map(({ method }) => method),
  );
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

/** The route that is at a path, whatever the method; null where none is. */
export function patternAt(routes: readonly RouterRoute[], path: string): string | null {
  return routes.find((route) => route.method !== 'ALL' && isAt(route.path, path))?.path ?? null;
}

function isAt(pattern: string, path: string): boolean {
  const [wanted, stated] = [pattern.split('/'), path.split('/')];
  return (
    wanted.length === stated.length &&
    wanted.every((step, index) => (step.startsWith(':') ? stated[index] !== '' : step === stated[index]))
  );
}

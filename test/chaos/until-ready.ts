import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN_MS = 60_000;

export async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

export async function untilReady(url: string): Promise<void> {
  const until = performance.now() + WITHIN_MS;
  while (!(await isReady(url))) {
    if (performance.now() > until) throw new Error(`${url} was not ready again within ${WITHIN_MS} ms`);
    await sleep(10);
  }
}

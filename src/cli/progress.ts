import type { ReadingProgress } from '../ingest/sources/index.ts';
import type { Terminal } from './terminal.ts';

/** Short readings show no bar. */
const QUIET_MS = 500;
const REFRESH_MS = 100;
const BAR_WIDTH = 24;

/** A bar on stderr while files are read; nothing where stderr is not a terminal. */
export function progressBar(
  { stderr }: Terminal,
  nowMs: () => number,
): { show(p: ReadingProgress): void; clear(): void } {
  if (stderr.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  const startedMs = nowMs();
  let shownMs = 0;
  return {
    show({ bytesRead, bytesTotal }) {
      const now = nowMs();
      if (now - startedMs < QUIET_MS || now - shownMs < REFRESH_MS) return;
      shownMs = now;
      stderr.write(`\r${barOf(bytesRead, bytesTotal)}`);
    },
    clear() {
      if (shownMs > 0) stderr.write('\r\u001b[K');
    },
  };
}

function barOf(bytesRead: number, bytesTotal: number): string {
  const share = bytesTotal > 0 ? Math.min(1, bytesRead / bytesTotal) : 0;
  const filled = Math.round(share * BAR_WIDTH);
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  return `reading ${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${String(Math.floor(share * 100)).padStart(3)} %  ${megabytes(bytesRead)} of ${megabytes(bytesTotal)} MB`;
}

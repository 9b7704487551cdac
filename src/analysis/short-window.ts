import { counted } from '../domain/numbers.ts';
import { formatDuration } from '../domain/times.ts';
import type { Upgrade } from '../domain/upgrade.ts';
import { BASELINE, type Phases, POST } from './phases.ts';
import { wholeBlocks } from './whole-blocks.ts';

/** Lengths of a block that people would write, the longest first. */
const RESOLUTIONS_MS = [3600, 1800, 900, 600, 300, 120, 60, 30, 15, 10, 5, 2, 1].map((seconds) => seconds * 1000);
/** Fewer have no variance. */
const FEWEST_BLOCKS = 2;
/** A shorter resolution is named only where it gives both windows as many as this. */
const ENOUGH_BLOCKS = 10;

/** Why no traffic at all could fill two blocks of a window, and what would. */
export interface ShortWindow {
  readonly because: string;
  readonly remedy: string;
}

/** Null where the window holds two whole blocks, or is not there yet. */
export function shortWindow(
  name: 'baseline' | 'post',
  phases: Phases,
  { post }: Pick<Upgrade, 'post'>,
): ShortWindow | null {
  const phase = name === 'baseline' ? BASELINE : POST;
  if (name === 'post' ? phases.post === null : phases.baseline.length === 0) return null;
  const blocks = wholeBlocks(phases, phase);
  if (blocks >= FEWEST_BLOCKS) return null;
  // A post window that ends with the data grows by itself.
  const finer = name === 'post' && post === null ? undefined : finerResolutionMs(phases);
  const resolution = finer === undefined ? '' : `spec.resolution of ${finer / 1000}s, or `;
  return {
    because: `the ${name} window holds ${counted(blocks, 'whole block')} of ${formatDuration(phases.resolutionMs / 1000)}`,
    remedy: `${resolution}a longer ${name} window`,
  };
}

function finerResolutionMs(phases: Phases): number | undefined {
  return RESOLUTIONS_MS.filter((resolutionMs) => resolutionMs < phases.resolutionMs).find((resolutionMs) =>
    ([BASELINE, POST] as const).every((phase) => wholeBlocks({ ...phases, resolutionMs }, phase) >= ENOUGH_BLOCKS),
  );
}

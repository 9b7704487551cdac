import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Run } from './documents.ts';
import type { System } from './system.ts';
import { REHEARSAL, TIMELINE } from './timeline.ts';
import { liveThrough } from './upgrade.ts';

/** `--rehearse` runs a shorter story and writes to the temporary folder. */
const rehearses = process.argv.includes('--rehearse');
const timeline = rehearses ? REHEARSAL : TIMELINE;
const folder = rehearses ? join(tmpdir(), 'dten') : fileURLToPath(new URL('.', import.meta.url));

const runs: readonly Run[] = [
  { name: 'dten-4.2.0', folder, turnsFlagOn: true },
  { name: 'dten-4.2.0-control', folder: join(folder, 'control'), turnsFlagOn: false },
];

const systems: System[] = [];
const quit = (exitStatus: number): never => {
  for (const system of systems) system.kill();
  process.exit(exitStatus);
};
process.on('SIGINT', () => quit(130));

try {
  await Promise.all(runs.map((run) => liveThrough(run, timeline, { onSystem: (system) => systems.push(system) })));
  console.error(`recorded in ${folder}`);
} catch (error) {
  console.error(error);
  quit(1);
}

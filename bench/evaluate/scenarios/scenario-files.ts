import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readScenario } from './read-scenario.ts';
import type { WrittenScenario } from './written-scenario.ts';

const FOLDER = join(import.meta.dirname, '../../../test/scenarios');

/** Every `.scenario` file of the project, by name. */
export function readScenarioFiles(): WrittenScenario[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.scenario'))
    .map((file) => readScenario(readFileSync(join(FOLDER, file), 'utf8'), `test/scenarios/${file}`))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

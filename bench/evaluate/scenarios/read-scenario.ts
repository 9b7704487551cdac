import { readEvents } from './change-section.ts';
import { checkScenario } from './check-scenario.ts';
import { readExpectation } from './expect-section.ts';
import { readLoad } from './load-section.ts';
import { type Entry, outlineOf, titleOf } from './outline.ts';
import { Words } from './words.ts';
import type { WrittenScenario } from './written-scenario.ts';

const SECTIONS = ['load', 'change', 'expect'] as const;

/** A `.scenario` file as values. Whatever is not understood is an error with file, line and remedy. */
export function readScenario(text: string, file: string): WrittenScenario {
  const outline = outlineOf(text, file);
  for (const entry of outline) {
    const words = new Words(entry.text, file, entry.line, SECTIONS.join(', then '));
    words.oneOf(SECTIONS, 'section');
    words.end();
  }
  const scenario: WrittenScenario = {
    name: file.replace(/^.*\//, '').replace(/\.scenario$/, ''),
    title: titleOf(text),
    load: readLoad(sectionOf('load', outline, file), file),
    events: readEvents(sectionOf('change', outline, file), file),
    expectation: readExpectation(sectionOf('expect', outline, file), file),
  };
  checkScenario(scenario, file);
  return scenario;
}

function sectionOf(name: (typeof SECTIONS)[number], outline: readonly Entry[], file: string): Entry {
  const [section, another] = outline.filter(({ text }) => text === name);
  const fault: Words = new Words('', file, another?.line ?? 1);
  if (section === undefined) fault.fail(`there is no section "${name}"`, `begin a line with "${name}"`);
  if (another !== undefined) fault.fail(`there is a second section "${name}"`, 'join the two');
  return section;
}

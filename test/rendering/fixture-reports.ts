import { readFileSync } from 'node:fs';
import type { Report } from '../../src/domain/report.ts';

export const FIXTURES_FOLDER = '../fixtures/reports';
export const FIXTURE_NAMES = ['dten', 'cannot-tell', 'hostile'] as const;

/** A report written by hand; `name` is its file under the fixtures. */
export function readFixtureReport(name: (typeof FIXTURE_NAMES)[number]): Report {
  const url = new URL(`${FIXTURES_FOLDER}/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Report;
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeSlos } from '../../src/domain/slo-document.ts';
import { decodeUpgrade } from '../../src/domain/upgrade-document.ts';

const material = fileURLToPath(new URL('../../../shared/', import.meta.url));
const cases = join(material, 'cases');
const examples = join(material, 'formats', 'openslo', 'examples');

for (const folder of [cases, examples]) {
  if (!existsSync(folder)) process.emitWarning(`skipped: ${relative(process.cwd(), folder)} is not there`);
}

const folders = (parent: string): string[] =>
  readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(parent, entry.name))
    .sort();

describe('documents others wrote', () => {
  it.skipIf(!existsSync(cases))('upgrade documents of the cases decode, every sixteenth of them', () => {
    const documents = folders(cases)
      .flatMap(folders)
      .map((folder) => join(folder, 'upgrade.yaml'))
      .filter((path) => existsSync(path));
    expect(documents.length).toBeGreaterThan(100);
    for (const path of documents.filter((_, index) => index % 16 === 0)) {
      const upgrade = decodeUpgrade(readFileSync(path, 'utf8'), relative(cases, path));
      expect(path).toContain(upgrade.name);
      expect(upgrade.telemetry.length).toBeGreaterThan(0);
    }
  });

  it.skipIf(!existsSync(examples))('OpenSLO examples decode, or are unbound with a reason', () => {
    const names = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const { slos, unbound } = decodeSlos(readFileSync(join(examples, name), 'utf8'), name);
      expect(slos.length + unbound.length).toBeGreaterThan(0);
      for (const { reason } of unbound) expect(reason).not.toBe('');
    }
  });
});

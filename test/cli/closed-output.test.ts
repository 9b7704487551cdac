import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const BIN = join(ROOT, 'bin/postflight.js');
const UPGRADE = join(ROOT, 'examples/dten/upgrade.yaml');
const built = existsSync(join(ROOT, 'dist/cli/main.js'));
if (!built) console.warn('SKIPPED: dist is absent, so the built command was not run; npm run build first');

function shell(command: string) {
  return spawnSync('bash', ['-c', `set -o pipefail; ${command}`], { encoding: 'utf8' });
}

describe.skipIf(!built)('the built command', () => {
  it.each(['text', 'json', 'html'])('keeps its verdict when the reader of %s goes away early', (format) => {
    const ran = shell(`"${process.execPath}" "${BIN}" analyze "${UPGRADE}" -o ${format} | true`);
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(1);
  });

  it('prints its help into a closed pipe without complaint', () => {
    expect(shell(`"${process.execPath}" "${BIN}" --help | true`)).toMatchObject({ status: 0, stderr: '' });
  });

  it.skipIf(!existsSync('/dev/full'))('exits 2 and says so when the disk is full, never with a verdict', () => {
    const ran = shell(`"${process.execPath}" "${BIN}" analyze "${UPGRADE}" > /dev/full`);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/cannot write the output/);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  });
});

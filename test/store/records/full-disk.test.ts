import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteRecords } from '../../../src/store/records/record-store.ts';

const SIZE_KIB = 4_096;

/** A file system of a few megabytes, which only root can make. */
function mountSmallDisk(folder: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_KIB}k`, 'tmpfs', folder]).status === 0;
}

const folder = mkdtempSync(join(tmpdir(), 'postflight-full-'));
const isMounted = mountSmallDisk(folder);
if (!isMounted) console.warn('SKIPPED: the record store on a full disk: mounting a small disk needs root');

describe.skipIf(!isMounted)('the record store on a full disk', () => {
  beforeAll(() => {
    writeFileSync(join(folder, 'filler'), Buffer.alloc(2 * 1024 ** 2));
  });
  afterAll(() => {
    // Lazily: the driver lets go of closed files when its statements are collected.
    spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('refuses writes and goes on reading, and writes again by itself once there is room', async () => {
    const store = await openSqliteRecords(join(folder, 'data'));
    const document = 'x'.repeat(100_000);
    const acknowledged: string[] = [];
    let refused: unknown = null;
    for (let index = 0; refused === null && index < 100; index += 1) {
      await store.putUpgrade('default', `u${index}`, document, 1).then(
        () => acknowledged.push(`u${index}`),
        (error: unknown) => {
          refused = error;
        },
      );
    }
    expect(refused).toMatchObject({ name: 'AppError', code: 'unavailable', retryAfterSeconds: 5 });
    expect(acknowledged.length).toBeGreaterThan(3);
    for (const name of acknowledged) expect(await store.upgrade('default', name)).toMatchObject({ document });

    rmSync(join(folder, 'filler'));
    expect(await store.putUpgrade('default', 'afterwards', document, 1)).toBe('created');
    await store.close();
    const reopened = await openSqliteRecords(join(folder, 'data'));
    for (const name of [...acknowledged, 'afterwards']) {
      expect(await reopened.upgrade('default', name)).toMatchObject({ document });
    }
    await reopened.close();
  });
});

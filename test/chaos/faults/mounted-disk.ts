import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** `_IOR('X', 125, __u32)` of Linux' fs/ext4/ext4.h, and its flag that drops the journal's unwritten part. */
const EXT4_IOC_SHUTDOWN = 0x8004587d;
const EXT4_GOING_FLAGS_NOLOGFLUSH = 2;
const CUT = `import fcntl, os, struct, sys
handle = os.open(sys.argv[1], os.O_RDONLY)
fcntl.ioctl(handle, ${EXT4_IOC_SHUTDOWN}, struct.pack('I', ${EXT4_GOING_FLAGS_NOLOGFLUSH}))`;

/** Null where small file systems can be mounted here; else why not. */
export function missingDisk(): string | null {
  if (process.platform !== 'linux') return 'file systems in a file are Linux only';
  if (process.getuid?.() !== 0) return 'not root: mounting a file system in a file needs it';
  for (const tool of ['mkfs.ext4', 'mount', 'python3']) {
    if (!(process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, tool)))) {
      return `${tool} is not installed`;
    }
  }
  return existsSync('/dev/loop-control') ? null : 'no loop devices';
}

/** Who was killed lets go of its files when the system comes to it. */
const UNMOUNT_MS = 30_000;
const UNMOUNT_PAUSE_MS = 100;

/** A small ext4 in a file, which can lose its power and be filled up. */
export class MountedDisk {
  readonly path: string;
  readonly #image: string;
  #isMounted = false;

  constructor(folder: string, megabytes: number) {
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, 'disk');
    this.#image = join(folder, 'disk.ext4');
    mkdirSync(this.path, { recursive: true });
    execFileSync('truncate', ['-s', `${megabytes}M`, this.#image]);
    execFileSync('mkfs.ext4', ['-q', '-F', '-m', '0', this.#image]);
    this.mount();
  }

  mount(): void {
    execFileSync('mount', ['-o', 'loop', this.#image, this.path]);
    this.#isMounted = true;
  }

  /** From here on nothing is written and nothing that was not synced comes back. */
  cutPower(): void {
    execFileSync('python3', ['-c', CUT, this.path]);
  }

  async unmount(): Promise<void> {
    if (!this.#isMounted) return;
    for (let attempt = 0; ; attempt++) {
      try {
        execFileSync('umount', [this.path], { stdio: ['ignore', 'ignore', 'pipe'] });
        break;
      } catch (error) {
        if (attempt * UNMOUNT_PAUSE_MS > UNMOUNT_MS) throw error;
        await sleep(UNMOUNT_PAUSE_MS);
      }
    }
    this.#isMounted = false;
  }

  /** Takes all free space, whatever else is written meanwhile; answers the file that holds it. */
  fill(): string {
    const file = join(this.path, 'ballast');
    const handle = openSync(file, 'w');
    try {
      for (const size of FILL_BYTES) {
        const bytes = Buffer.alloc(size);
        while (appends(handle, bytes));
      }
    } finally {
      closeSync(handle);
    }
    return file;
  }

  async remove(): Promise<void> {
    await this.unmount();
    rmSync(this.#image, { force: true });
    rmSync(this.path, { recursive: true, force: true });
  }
}

const FILL_BYTES = [2 ** 20, 2 ** 12];

function appends(handle: number, bytes: Buffer): boolean {
  try {
    return writeSync(handle, bytes) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

/** Whether the injector does what it says: unsynced bytes are gone after a cut, synced ones are not. */
export async function proveCut(folder: string): Promise<boolean> {
  const disk = new MountedDisk(join(folder, 'control'), 64);
  try {
    const [synced, unsynced] = [join(disk.path, 'synced'), join(disk.path, 'unsynced')];
    writeFileSync(synced, 'kept', { flush: true });
    execFileSync('sync', [disk.path]);
    writeFileSync(unsynced, 'lost');
    disk.cutPower();
    await disk.unmount();
    disk.mount();
    const kept = existsSync(synced) ? readFileSync(synced, 'utf8') : '';
    const lost = existsSync(unsynced) ? readFileSync(unsynced, 'utf8') : '';
    return kept === 'kept' && lost !== 'lost';
  } finally {
    await disk.remove();
  }
}

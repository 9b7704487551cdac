import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Debian: apt-get install faketime. */
const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';

/** The wall clock of processes started with `environment`: it can be put forward and back while they run. */
export class WallClock {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, 'clock-offset');
    this.set(0);
  }

  /** What else has the wrong time: with libfaketime the embedded engine has it too. */
  get means(): string {
    return existsSync(LIBRARY) ? 'of the service and its engine, by libfaketime' : 'of the service alone, by its Date';
  }

  /** The clock that tells how long something takes is left alone: it is not put forward and back. */
  get environment(): Record<string, string> {
    if (existsSync(LIBRARY)) {
      return {
        LD_PRELOAD: LIBRARY,
        FAKETIME_TIMESTAMP_FILE: this.#file,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      };
    }
    const preload = pathToFileURL(resolve(import.meta.dirname, 'offset-clock.js')).href;
    return { NODE_OPTIONS: `--import ${preload}`, CLOCK_OFFSET_FILE: this.#file };
  }

  /** Seconds that it is ahead; whole at once, since it may be read at any time. */
  set(offsetSeconds: number): void {
    writeFileSync(`${this.#file}.new`, offsetSeconds < 0 ? `${offsetSeconds}` : `+${offsetSeconds}`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}

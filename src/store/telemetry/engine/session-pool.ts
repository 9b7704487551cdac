import type { Session } from 'chdb';

/** What the engine answered. */
export interface EngineResult {
  readonly bytes: Uint8Array;
  readonly rowsRead: number;
}

interface Seat {
  readonly session: Session;
  database: string;
  isBusy: boolean;
}

interface Waiting {
  readonly start: (seat: Seat) => void;
}

/** Node runs native work on four threads; one is left for files. */
const READERS = 2;
/** As many as our own clients have connections: the store's and those of two threads. */
const MOST_WAITING = 24;
const TOO_MANY_WAIT =
  'Code: 202. DB::Exception: Too many simultaneous queries: others wait already. (TOO_MANY_SIMULTANEOUS_QUERIES)';
const MARK_CACHE_BYTES = 64 * 2 ** 20;

/**
 * Sessions of one engine. A session runs one statement at a time; one is kept for what is to be acknowledged, so
 * that no report delays it.
 */
export class SessionPool {
  readonly version: string;
  readonly #seats: { readonly read: Seat[]; readonly write: Seat[] };
  readonly #queues: { readonly read: Waiting[]; readonly write: Waiting[] } = { read: [], write: [] };

  private constructor(sessions: readonly Session[], version: string) {
    const seats = sessions.map((session) => ({ session, database: 'default', isBusy: false }));
    this.#seats = { write: seats.slice(0, 1), read: seats.slice(1) };
    this.version = version;
  }

  /** Back-ups are written below `backups`, and nowhere else. */
  static async open(folder: string, memoryBytes: number, backups: string): Promise<SessionPool> {
    const { Session, version } = await import('chdb');
    const connectionArgs = [
      `--max_server_memory_usage=${memoryBytes}`,
      `--mark_cache_size=${MARK_CACHE_BYTES}`,
      '--async_load_databases=0',
      `--backups.allowed_path=${backups}`,
    ];
    const sessions = Array.from({ length: 1 + READERS }, () => new Session(folder, { connectionArgs }));
    return new SessionPool(sessions, version().libchdb);
  }

  /** What waits for its turn is not run when `left` is aborted; what runs goes on. */
  async run(sql: string, database: string, isOfReport: boolean, left?: AbortSignal): Promise<EngineResult> {
    const side = isOfReport ? 'read' : 'write';
    left?.throwIfAborted();
    if (isOfReport && this.#queues.read.length >= MOST_WAITING) throw new RangeError(TOO_MANY_WAIT);
    const seat = await this.#take(side, left);
    try {
      left?.throwIfAborted();
      if (seat.database !== database) {
        await seat.session.queryAsync(`USE \`${database.replace(/[\\`]/g, '\\$&')}\``);
        seat.database = database;
      }
      const result = await seat.session.queryAsync(sql, { format: 'TabSeparated' });
      return { bytes: result.bytes(), rowsRead: result.rowsRead };
    } finally {
      this.#give(side, seat);
    }
  }

  /** Waits for what runs: closing a busy connection aborts the engine. */
  async close(): Promise<void> {
    const seats = [...this.#seats.read, ...this.#seats.write];
    await Promise.all([
      ...this.#seats.read.map(() => this.#take('read')),
      ...this.#seats.write.map(() => this.#take('write')),
    ]);
    for (const { session } of seats) session.close();
  }

  #take(side: 'read' | 'write', left?: AbortSignal): Promise<Seat> {
    const free = this.#seats[side].find(({ isBusy }) => !isBusy);
    if (free !== undefined) {
      free.isBusy = true;
      return Promise.resolve(free);
    }
    const queue = this.#queues[side];
    return new Promise((start, refuse) => {
      const waiting = { start };
      queue.push(waiting);
      left?.addEventListener('abort', () => {
        const place = queue.indexOf(waiting);
        if (place < 0) return;
        queue.splice(place, 1);
        refuse(left.reason);
      });
    });
  }

  #give(side: 'read' | 'write', seat: Seat): void {
    const next = this.#queues[side].shift();
    if (next === undefined) seat.isBusy = false;
    else next.start(seat);
  }
}

import type { JsonCursor } from '../json/json-cursor.ts';
import { skipValue } from '../json/json-skip.ts';
import { enterObject, nextKey } from '../json/json-structure.ts';
import { readInteger, readMilliseconds } from '../json/json-values.ts';
import { KeyTable } from '../json/key-table.ts';
import type { LineReport } from './line-report.ts';
import type { StreamBook } from './stream-book.ts';

const ATTRIBUTES = 0;
const START = 1;
const TIME = 2;
const FLAGS = 3;
const SHARED_KEYS = ['attributes', 'startTimeUnixNano', 'timeUnixNano', 'flags'];
const NO_RECORDED_VALUE = 1;
const UNREAD = -1;

/** Keys of a point: those all kinds share, then the kind's own, numbered from 0. */
export function pointKeys(own: readonly string[]): KeyTable {
  return new KeyTable([...SHARED_KEYS, ...own]);
}

/** What is particular to one kind of point. Values are kept in fields, so that no object is made for a point. */
export interface PointKind {
  readonly keys: KeyTable;
  begin(): void;
  /** Reads the member with this own key. */
  read(key: number): void;
  /** Delivers the point, or rejects it. */
  deliver(point: PointReader): void;
}

/** Reads points one at a time: what all kinds share, and the order in which a point is refused. */
export class PointReader {
  readonly report: LineReport;
  startMs = Number.NaN;
  timeMs = 0;
  private readonly cursor: JsonCursor;
  private readonly book: StreamBook;
  private flags = 0;
  private attributes = UNREAD;

  constructor(cursor: JsonCursor, report: LineReport, book: StreamBook) {
    this.cursor = cursor;
    this.report = report;
    this.book = book;
  }

  /** The sink's stream of this point; to be asked only once the point is known to be good. */
  stream(): number {
    return this.book.stream(this.attributes === UNREAD ? this.book.withoutAttributes() : this.attributes);
  }

  readPoint(kind: PointKind): void {
    const { cursor, report } = this;
    const mistypes = cursor.mistypes;
    if (enterObject(cursor)) this.readMembers(kind);
    if (cursor.failed) return;
    report.rows++;
    if (cursor.mistypes !== mistypes) {
      cursor.mistypes = mistypes;
      report.reject('bad-point', cursor.describeMistype());
    } else if ((this.flags & NO_RECORDED_VALUE) !== 0)
      report.reject('no-recorded-value', 'flags say: no recorded value');
    else if (this.timeMs === 0) report.reject('missing-time', 'timeUnixNano is absent or 0');
    else kind.deliver(this);
  }

  /** Counts the point at the cursor and leaves it out. */
  refusePoint(code: 'unspecified-temporality' | 'bad-point', detail: string): void {
    skipValue(this.cursor);
    if (this.cursor.failed) return;
    this.report.rows++;
    this.report.reject(code, detail);
  }

  private readMembers(kind: PointKind): void {
    const { cursor } = this;
    const { keys } = kind;
    this.startMs = Number.NaN;
    this.timeMs = 0;
    this.flags = 0;
    this.attributes = UNREAD;
    kind.begin();
    for (let key = nextKey(cursor, keys); key >= 0; key = nextKey(cursor, keys)) {
      if (key >= SHARED_KEYS.length) kind.read(key - SHARED_KEYS.length);
      else this.readShared(key);
    }
  }

  private readShared(key: number): void {
    const { cursor } = this;
    if (key === ATTRIBUTES) this.attributes = this.book.readAttributes();
    else if (key === START) {
      const startMs = readMilliseconds(cursor);
      this.startMs = startMs === 0 ? Number.NaN : startMs;
    } else if (key === TIME) this.timeMs = readMilliseconds(cursor);
    else if (key === FLAGS) this.flags = readInteger(cursor);
  }
}

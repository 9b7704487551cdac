import type { QualityCode } from '../../../domain/quality.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { skipValue } from '../json/json-skip.ts';
import { enterObject, nextKey } from '../json/json-structure.ts';
import { readInteger, readMilliseconds } from '../json/json-values.ts';
import { KeyTable } from '../json/key-table.ts';
import { PointHead, type PointValues } from '../otlp/point.ts';
import type { RecordReport } from '../otlp/record-report.ts';
import type { StreamBook } from './stream-book.ts';

const ATTRIBUTES = 0;
const START = 1;
const TIME = 2;
const FLAGS = 3;
const SHARED_KEYS = ['attributes', 'startTimeUnixNano', 'timeUnixNano', 'flags'];
const UNREAD = -1;

/** Keys of a point: those all kinds share, then the kind's own, numbered from 0. */
export function pointKeys(own: readonly string[]): KeyTable {
  return new KeyTable([...SHARED_KEYS, ...own]);
}

/** What is particular to one kind of point in OTLP/JSON. */
export interface PointKind extends PointValues {
  readonly keys: KeyTable;
  /** Reads the member with this own key. */
  read(key: number): void;
}

/** Reads points of OTLP/JSON one at a time. */
export class PointReader extends PointHead {
  private readonly cursor: JsonCursor;
  private readonly book: StreamBook;
  private attributes = UNREAD;

  constructor(cursor: JsonCursor, report: RecordReport, book: StreamBook) {
    super(report);
    this.cursor = cursor;
    this.book = book;
  }

  override stream(): number {
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
    } else this.settle(kind);
  }

  /** Counts the point at the cursor and leaves it out. */
  refusePoint(code: QualityCode, detail: string): void {
    skipValue(this.cursor);
    if (this.cursor.failed) return;
    this.report.rows++;
    this.report.reject(code, detail);
  }

  private readMembers(kind: PointKind): void {
    const { cursor } = this;
    const { keys } = kind;
    this.clear();
    this.attributes = UNREAD;
    kind.clear();
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

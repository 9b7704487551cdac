const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

export const LINE_BYTES_LIMIT = 256 * 1024 * 1024;

export interface LineHandler {
  /** One line without its end, valid until the handler returns; `number` counts from 1 and includes empty lines. */
  line(bytes: Buffer, number: number): void;
  /** A line over the limit was left out. */
  tooLong(number: number): void;
}

/**
 * Cuts chunks into lines. The pieces of a line that spans chunks are joined once, when it ends, so the cost stays linear
 * and memory is bounded by the longest line.
 */
export class LineSplitter {
  private readonly handler: LineHandler;
  private readonly limit: number;
  private pieces: Buffer[] = [];
  private pending = 0;
  private number = 1;

  constructor(handler: LineHandler, limit = LINE_BYTES_LIMIT) {
    this.handler = handler;
    this.limit = limit;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end < 0) break;
      this.keep(chunk.subarray(start, end));
      this.endLine();
      start = end + 1;
    }
    if (start < chunk.length) this.keep(chunk.subarray(start));
  }

  /** The last line needs no line feed. */
  finish(): void {
    if (this.pending > 0) this.endLine();
  }

  private keep(piece: Buffer): void {
    this.pending += piece.length;
    if (this.pending <= this.limit) this.pieces.push(piece);
    else this.pieces = [];
  }

  private endLine(): void {
    const { pieces, number } = this;
    const tooLong = this.pending > this.limit;
    this.pieces = [];
    this.pending = 0;
    this.number++;
    if (tooLong) {
      this.handler.tooLong(number);
      return;
    }
    const joined = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    const line = withoutFrame(joined, number === 1);
    if (line.length > 0) this.handler.line(line, number);
  }
}

function withoutFrame(line: Buffer, first: boolean): Buffer {
  const marked = first && line.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  const start = marked ? BYTE_ORDER_MARK.length : 0;
  const end = line.length > start && line[line.length - 1] === CARRIAGE_RETURN ? line.length - 1 : line.length;
  return start === 0 && end === line.length ? line : line.subarray(start, end);
}

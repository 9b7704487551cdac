import { AppError } from '../../../domain/error.ts';
import { viewOf } from '../bytes/same-bytes.ts';

const LITERAL = 0;
const COPY_1 = 1;
const COPY_2 = 2;
/** Below this, a loop is faster than a call. */
const SHORT = 96;
const WORD = 4;
const MOST_LENGTH_BYTES = 5;

/**
 * Unpacks a Snappy block (google/snappy, format_description.txt). The length it claims is checked before anything is
 * allocated and told to `onLength`, and every element moves forward, so that no block takes longer than its own length and
 * that of its content.
 */
export function uncompressSnappy(block: Buffer, mostBytes: number, onLength?: (bytes: number) => void): Buffer {
  const { length, start } = claimedLength(block);
  if (length > mostBytes) {
    throw new AppError('too-large', `the body unpacks to ${length} bytes, ${mostBytes} are allowed`, {
      remedy: 'send fewer samples a request (queue_config: max_samples_per_send)',
    });
  }
  onLength?.(length);
  return new BlockReader(block, start, Buffer.allocUnsafe(length)).read();
}

class BlockReader {
  private readonly block: Buffer;
  private readonly content: Buffer;
  private readonly blockView: DataView;
  private readonly contentView: DataView;
  private at: number;
  private to = 0;

  constructor(block: Buffer, start: number, content: Buffer) {
    this.block = block;
    this.at = start;
    this.content = content;
    this.blockView = viewOf(block);
    this.contentView = viewOf(content);
  }

  read(): Buffer {
    const { block, content } = this;
    while (this.at < block.length) {
      const tag = block[this.at++]!;
      const kind = tag & 3;
      if (kind === LITERAL) this.readLiteral(tag >>> 2);
      else if (kind === COPY_1) this.readCopy(((tag >>> 2) & 7) + 4, (tag >>> 5) * 256 + this.readWidth(1));
      else this.readCopy((tag >>> 2) + 1, this.readWidth(kind === COPY_2 ? 2 : 4));
    }
    if (this.to !== content.length) throw malformed();
    return content;
  }

  private readWidth(bytes: number): number {
    const { block, at } = this;
    if (at + bytes > block.length) throw malformed();
    this.at = at + bytes;
    if (bytes === 1) return block[at]!;
    return bytes === 2 ? block[at]! + 256 * block[at + 1]! : block.readUIntLE(at, bytes);
  }

  private readLiteral(packed: number): void {
    const size = (packed < 60 ? packed : this.readWidth(packed - 59)) + 1;
    const { block, content, at, to } = this;
    if (at + size > block.length || to + size > content.length) throw malformed();
    if (size > SHORT) block.copy(content, to, at, at + size);
    else copyWords(this.blockView, at, this.contentView, to, size);
    this.at = at + size;
    this.to = to + size;
  }

  /** What is copied may reach into what the copy itself writes: a run. */
  private readCopy(size: number, offset: number): void {
    const { content, to } = this;
    const from = to - offset;
    if (offset === 0 || from < 0 || to + size > content.length) throw malformed();
    if (offset >= WORD) copyWords(this.contentView, from, this.contentView, to, size);
    else for (let i = 0; i < size; i++) content[to + i] = content[from + i]!;
    this.to = to + size;
  }
}

/** Front to back, so that a copy may reach into what it has written, a word behind at the least. */
function copyWords(source: DataView, from: number, target: DataView, to: number, size: number): void {
  let i = 0;
  for (; i + WORD <= size; i += WORD) target.setInt32(to + i, source.getInt32(from + i, true), true);
  for (; i < size; i++) target.setUint8(to + i, source.getUint8(from + i));
}

function claimedLength(block: Buffer): { readonly length: number; readonly start: number } {
  let length = 0;
  for (let at = 0; at < Math.min(block.length, MOST_LENGTH_BYTES); at++) {
    const byte = block[at]!;
    length += (byte & 127) * 2 ** (7 * at);
    if (byte < 128) return { length, start: at + 1 };
  }
  throw malformed();
}

function malformed(): AppError {
  return new AppError('malformed', 'the body is not a Snappy block', {
    remedy: 'compress the message with Snappy in its block format, not the framed one',
  });
}

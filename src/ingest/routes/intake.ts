import type { AppError } from '../../domain/error.ts';

/** A byte of a packed body stands for so many: telemetry packs 5 to 30 times. */
const UNPACKED_TIMES = 8;

/** What stands in line to be stored. */
interface Line {
  /** Why nothing would be taken now of what is not on its way yet; null where something would. */
  refusal(): AppError | null;
  /** So many bytes are on their way; negative: no longer. */
  expect(bytes: number): void;
}

/**
 * What has come over the wire and is not in the store's queue yet: it is in line before whatever comes now. Counted as it comes,
 * not as it is announced, so that who announces much and sends nothing keeps nobody out.
 */
export class Intake {
  readonly #line: Line;

  constructor(line: Line) {
    this.#line = line;
  }

  /** Why nothing is taken from anybody now; null where something is. */
  refusal(): AppError | null {
    return this.#line.refusal();
  }

  /**
   * Runs what brings a body as far as the queue. A body is refused before it is read, or with the first of it: later, what it
   * took to unpack it would have been for nothing.
   */
  async take<Result>(bring: (within: Admit) => Promise<Result>): Promise<Result> {
    let bytes = 0;
    const note = (came: number): void => {
      bytes += came;
      this.#line.expect(came);
    };
    const expectRoom = (): void => {
      const refusal = this.refusal();
      if (refusal !== null) throw refusal;
    };
    try {
      expectRoom();
      return await bring(async function* (chunks, isPacked) {
        for await (const chunk of chunks) {
          if (bytes === 0) expectRoom();
          note(chunk.length * (isPacked ? UNPACKED_TIMES : 1));
          yield chunk;
        }
      });
    } finally {
      this.#line.expect(-bytes);
    }
  }
}

/** The chunks of one body, counted as they come. */
type Admit = (chunks: AsyncIterable<Uint8Array>, isPacked: boolean) => AsyncGenerator<Uint8Array>;

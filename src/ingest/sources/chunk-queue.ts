/** Chunks on their way from a producer that runs ahead to a consumer; what was put in before a failure still comes out. */
export class ChunkQueue {
  private readonly capacity: number;
  private readonly chunks: Buffer[] = [];
  private ended = false;
  private error: unknown = null;
  private waiting: (() => void)[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  put(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.wake();
  }

  /** No more chunks; an `error` is thrown at the consumer once it has taken all there are. The first call counts. */
  end(error: unknown = null): void {
    if (this.ended) return;
    this.ended = true;
    this.error = error;
    this.wake();
  }

  /** Resolves once there is room for more; false when nobody wants more. */
  async room(): Promise<boolean> {
    while (this.chunks.length >= this.capacity && !this.ended) await this.change();
    return !this.ended;
  }

  /** The next chunk, or null at the end. */
  async take(): Promise<Buffer | null> {
    while (this.chunks.length === 0 && !this.ended) await this.change();
    const chunk = this.chunks.shift();
    this.wake();
    if (chunk !== undefined) return chunk;
    if (this.error !== null) throw this.error;
    return null;
  }

  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

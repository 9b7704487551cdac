import type { StreamIdentity, TelemetrySink } from '../../src/domain/telemetry.ts';

/** Takes everything and looks at one number of each row, so that what is measured is the decoding. */
export class CountingSink implements TelemetrySink {
  rows = 0;
  private streams = 0;
  private checksum = 0;

  openStream(_identity: StreamIdentity): number {
    return this.streams++;
  }

  numberPoint(stream: number): void {
    this.take(stream);
  }

  histogramPoint(stream: number): void {
    this.take(stream);
  }

  exponentialPoint(stream: number): void {
    this.take(stream);
  }

  summaryPoint(stream: number): void {
    this.take(stream);
  }

  span(): void {
    this.take(0);
  }

  flagEvaluation(): void {
    this.take(0);
  }

  reject(code: string, where: string, detail: string): void {
    throw new Error(`${code} at ${where}: ${detail}`);
  }

  private take(stream: number): void {
    this.rows++;
    this.checksum = (this.checksum + stream) | 0;
  }
}

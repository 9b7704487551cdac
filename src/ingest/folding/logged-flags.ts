import { grown } from './typed-columns.ts';

/** Flags that spans met, told by log records: the id of the span and the number of a set with one flag. */
export class LoggedFlags {
  rows = 0;
  idLow = new Uint32Array(0);
  idHigh = new Uint32Array(0);
  flags = new Int32Array(0);

  add(idLow: number, idHigh: number, flags: number): void {
    const row = this.rows++;
    this.idLow = grown(this.idLow, this.rows);
    this.idHigh = grown(this.idHigh, this.rows);
    this.flags = grown(this.flags, this.rows);
    this.idLow[row] = idLow;
    this.idHigh[row] = idHigh;
    this.flags[row] = flags;
  }
}

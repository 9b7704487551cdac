export interface SoakOrder {
  readonly url: string;
  /** Of data. */
  readonly hours: number;
  readonly clients: number;
  /** Of a client, alive at a time. */
  readonly instances: number;
  readonly endpoints: number;
  /** After which an instance is replaced by one of another name: its streams end and new ones begin. */
  readonly instanceLifeMinutes: number;
  /** Between two minutes of data of a client, at least. */
  readonly paceMs: number;
}

/** Told at every half hour of data. */
export interface SoakMessage {
  readonly dataHours: number;
  readonly points: number;
  /** Of the answers since the last message. */
  readonly p99Ms: number;
}

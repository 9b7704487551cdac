/** How one version of a service reports its latencies. Bounds are in the unit that it states. */
export interface Reporting {
  readonly bounds?: readonly number[];
  readonly scale?: number;
  readonly zeroThreshold?: number;
  readonly temporality?: 'delta' | 'cumulative';
  readonly unit?: string;
  /** How many of what it reports make a second. */
  readonly perSecond?: number;
}

/** What two versions, or two instances, report otherwise, and what a report has to make of it. */
export interface LayoutCase {
  readonly name: string;
  /** By instance. */
  readonly before: readonly Reporting[];
  readonly after: readonly Reporting[];
  /** One process all along, whose reporting changes without a restart. */
  readonly isOneProcess?: boolean;
  /** Bounds in seconds that are left to compare on; null: the buckets of `scale`. */
  readonly shared: readonly number[] | null;
  readonly scale?: number;
  /** Buckets that the way there may cost besides. */
  readonly slack?: number;
  /** The instances that can be compared with each other, where it is not all of them. */
  readonly compared?: readonly number[];
  /** What a comparison or the quality of the data has to say; null where nothing was lost. */
  readonly says: RegExp | null;
  readonly isRefused?: boolean;
  /** The values of one version are not what they claim to be: they are pointed out, and not held to the truth. */
  readonly isLying?: boolean;
}

const FINE = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const COARSE = [0.025, 0.1, 0.5, 1, 5];
const PARTLY = [0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6];
const APART = [0.003, 0.03, 0.3, 3];
/** What 0.1 becomes on its way through a float of 32 bits. */
const ROUNDED = FINE.map(Math.fround);
const inMilliseconds = (bounds: readonly number[]): number[] => bounds.map((bound) => Math.round(bound * 1000));
const twice = (reporting: Reporting): Reporting[] => [reporting, reporting];

const DIFFERENT = /bucket bounds differ/;

export const LAYOUT_CASES: readonly LayoutCase[] = [
  {
    name: 'the same bounds, as delta and then cumulative',
    before: twice({ bounds: FINE, temporality: 'delta' }),
    after: twice({ bounds: FINE, temporality: 'cumulative' }),
    shared: FINE,
    says: null,
  },
  {
    name: 'one instance delta, one cumulative',
    before: [{ bounds: FINE, temporality: 'delta' }, { bounds: FINE }],
    after: [{ bounds: FINE, temporality: 'delta' }, { bounds: FINE }],
    shared: FINE,
    says: null,
  },
  {
    name: 'bounds of which some went',
    before: twice({ bounds: FINE }),
    after: twice({ bounds: COARSE }),
    shared: COARSE,
    says: DIFFERENT,
  },
  {
    name: 'bounds that came and went',
    before: twice({ bounds: FINE }),
    after: twice({ bounds: PARTLY }),
    shared: [0.05, 0.1],
    says: DIFFERENT,
  },
  {
    name: 'bounds that differ between instances all along',
    before: [{ bounds: FINE }, { bounds: COARSE }],
    after: [{ bounds: FINE }, { bounds: COARSE }],
    shared: COARSE,
    says: DIFFERENT,
  },
  {
    name: 'bounds of which none stayed',
    before: twice({ bounds: FINE }),
    after: twice({ bounds: APART }),
    shared: [],
    says: /share no bucket bound/,
    isRefused: true,
  },
  {
    name: 'bounds that were rounded to 32 bits',
    before: twice({ bounds: FINE }),
    after: twice({ bounds: ROUNDED }),
    shared: FINE.filter((bound) => ROUNDED.includes(bound)),
    says: DIFFERENT,
  },
  {
    name: 'bounds that changed in a process that runs on',
    before: twice({ bounds: FINE }),
    after: twice({ bounds: COARSE }),
    isOneProcess: true,
    shared: COARSE,
    says: DIFFERENT,
  },
  {
    name: 'milliseconds, then seconds',
    before: twice({ bounds: inMilliseconds(FINE), unit: 'ms', perSecond: 1000 }),
    after: twice({ bounds: FINE }),
    shared: FINE,
    says: null,
  },
  {
    name: 'exponential, of a finer scale and then a coarser one',
    before: twice({ scale: 5 }),
    after: twice({ scale: 2 }),
    shared: null,
    scale: 2,
    says: DIFFERENT,
  },
  {
    name: 'exponential, with another zero threshold',
    before: twice({ scale: 3 }),
    after: twice({ scale: 3, zeroThreshold: 0.001 }),
    shared: null,
    scale: 3,
    says: null,
  },
  {
    name: 'exponential, as delta and then cumulative',
    before: twice({ scale: 3, temporality: 'delta' }),
    after: twice({ scale: 3 }),
    shared: null,
    scale: 3,
    says: null,
  },
  {
    name: 'exponential, milliseconds and then seconds',
    before: twice({ scale: 4, unit: 'ms', perSecond: 1000 }),
    after: twice({ scale: 4 }),
    shared: null,
    scale: 4,
    slack: 1,
    says: null,
  },
  {
    name: 'explicit, then exponential',
    before: twice({ bounds: FINE }),
    after: twice({ scale: 3 }),
    shared: null,
    scale: 3,
    says: /of different kinds/,
    isRefused: true,
  },
  {
    name: 'explicit in one instance, exponential in the other',
    before: [{ bounds: FINE }, { scale: 3 }],
    after: [{ bounds: FINE }, { scale: 3 }],
    shared: FINE,
    compared: [0],
    says: /the two kinds cannot be compared/,
  },
  {
    name: 'milliseconds that claim to be seconds',
    before: twice({ bounds: FINE }),
    after: twice({ bounds: inMilliseconds(FINE), perSecond: 1000 }),
    shared: [],
    says: /may be milliseconds|look like milliseconds/,
    isLying: true,
  },
];

import { BUCKETS } from '../bucket-columns.ts';
import { EXPONENTIAL_LAYOUT, FOLD } from '../writing/tables.ts';
import { withExponentialDifference } from './exponential-sql.ts';

/**
 * What cumulative points add, as SQL (the rules of src/ingest/folding/cumulative.ts, which is the reference). An epoch is
 * a run of points with one start. A point is compared with the one before it in its epoch; the first point of an epoch
 * holds everything since its start, and counts whole after a true reset, where it is young, or where its process
 * exported the metric before without it.
 */
export interface IncrementPlan extends IncrementRange {
  /** Streams, as a set in SQL, whose point before may lie further back than what is read; null: none. */
  readonly seeded: string | null;
  /** Streams whose starts do not rise with time: epochs that overlap, or points with and without start. */
  readonly irregular: string | null;
  /** Whether an epoch begins in the range. */
  readonly hasBeginnings: boolean;
  readonly hasExponential: boolean;
}

/** Of which points the increments are wanted. Times are nanoseconds. */
export interface IncrementRange {
  /** Of the points; whole segments. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /** Length of a block. */
  readonly resolutionNs: bigint;
  /** Of the heads, half-open; null is open. */
  readonly headFrom: bigint | null;
  readonly headTo: bigint | null;
}

export const SEGMENT_NS = 3_600_000_000_000;
/** How far back a start that is known to be later than it needs no older points. */
export const LOOKBACK_NS = SEGMENT_NS;
const UNKNOWN = '9223372036854775807';
/** Two encodings of one instant differ by less (TIME_TOLERANCE_MS of the folding). */
const TOLERANCE_NS = 1_000_000;
const FEW_INTERVALS = 3;

/** Columns every branch of the union answers, each of one type. */
const COLUMNS = [
  'head',
  'stream',
  'toInt64(mid) AS mid',
  'time_ns',
  'layout',
  'toInt8(scale) AS scale',
  'zero_threshold',
  'toInt32(offset) AS offset',
  'toFloat64(added) AS added',
  // Where nothing was counted a sum is rounding, or no sum.
  'if(added = 0, 0., toFloat64(added_sum)) AS added_sum',
  'added_counts',
  'toUInt8(counted) AS counted',
  'toUInt8(reset) AS reset',
  'toUInt8(overlap) AS overlap',
  'toUInt8(bounds_changed) AS bounds_changed',
].join(', ');

const CUMULATIVE = `tenant = {tenant:String} AND fold = ${FOLD.cumulative}{heads}`;
const LOADED = `${CUMULATIVE} AND time_ns >= {load:Int64} AND time_ns < {hi:Int64}`;

const SEEDED = `SELECT head, stream FROM points WHERE ${LOADED} GROUP BY head, stream, start_ns
  HAVING min(time_ns) >= {lo:Int64} AND (start_ns = ${UNKNOWN} OR start_ns < {load:Int64})`;
const before = (seeded: string): string => `${CUMULATIVE} AND time_ns < {load:Int64} AND (head, stream) IN (${seeded})`;

/** Times only, in all of what is loaded. */
function times(plan: IncrementPlan): string {
  const columns = 'head, stream, time_ns, start_ns';
  const loaded = `SELECT ${columns} FROM points FINAL WHERE ${LOADED}`;
  return [loaded, ...seeds(plan.seeded, columns)].join(' UNION ALL ');
}

/** The first and the last point of each epoch before `load`, of the streams that need them. */
function seeds(seeded: string | null, columns: string): string[] {
  if (seeded === null) return [];
  return ['ASC', 'DESC'].map(
    (direction) => `SELECT ${columns} FROM (SELECT * FROM points FINAL WHERE ${before(seeded)}
      ORDER BY head, stream, start_ns, time_ns ${direction} LIMIT 1 BY head, stream, start_ns)`,
  );
}

function rows(plan: IncrementPlan, isExponential: boolean): string {
  const layout = `layout ${isExponential ? '=' : '!='} ${EXPONENTIAL_LAYOUT}`;
  const columns = `head, stream, time_ns, start_ns, layout, scale, zero_threshold, offset, sum, ${COUNTS}`;
  const loaded = `SELECT ${columns} FROM points FINAL WHERE ${LOADED} AND ${layout}`;
  const older = seeds(plan.seeded, columns).map((seed) => `SELECT * FROM (${seed}) WHERE ${layout}`);
  return [loaded, ...older].join(' UNION ALL ');
}

const COUNTS = `if(notEmpty(fractions), fractions, CAST(${BUCKETS}, 'Array(Float64)')) AS counts,
  if(notEmpty(fractions), value, value + arraySum(${BUCKETS})) AS count`;

const BY_STREAM = '(PARTITION BY head, stream ORDER BY time_ns, start_ns ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)';
const NOTHING_BEFORE = '-9223372036854775807';
const SAME_START = `(start_ns = p_start OR (start_ns != ${UNKNOWN} AND p_start != ${UNKNOWN} AND abs(start_ns - p_start) <= ${TOLERANCE_NS}))`;

/**
 * Streams in which an epoch begins in the range, and irregular ones: with overlapping or mixed epochs. All others have
 * each epoch in one piece.
 */
function remarkable(plan: IncrementPlan): string {
  return `SELECT head, stream, max(follows AND (start_ns < p_start OR start_ns = ${UNKNOWN})) AS is_irregular FROM (
    SELECT *, p_time != ${NOTHING_BEFORE} AS follows, NOT follows OR NOT ${SAME_START} AS begins FROM (
    SELECT *, lagInFrame(start_ns, 1, start_ns) OVER w AS p_start, lagInFrame(time_ns, 1, ${NOTHING_BEFORE}) OVER w AS p_time
    FROM (${times(plan)}) WINDOW w AS ${BY_STREAM}))
    WHERE begins GROUP BY head, stream HAVING is_irregular OR max(time_ns) >= {lo:Int64}`;
}

/** More streams than this are asked for again instead of being listed: the list comes a dozen times in one statement. */
export const MOST_LISTED = 100;

/** Questions whose answers complete a plan: rows of head and stream. */
export const PROBES = {
  seeded: (range: IncrementRange): string =>
    located(`SELECT DISTINCT * FROM (${SEEDED}) LIMIT ${MOST_LISTED + 1}`, range),
  /** Needs to know of seeds. A third column says whether the stream is irregular. */
  remarkable: (plan: IncrementPlan): string => located(`${remarkable(plan)} LIMIT ${MOST_LISTED + 1}`, plan),
  exponential: (range: IncrementRange): string =>
    located(`SELECT head, stream FROM points WHERE ${LOADED} AND layout = ${EXPONENTIAL_LAYOUT} LIMIT 1`, range),
};

/** What stands for lists that are too long. */
export const UNLISTED = {
  seeded: SEEDED,
  irregular: (plan: IncrementPlan): string => `SELECT head, stream FROM (${remarkable(plan)}) WHERE is_irregular`,
};

/** Puts the numbers of a range in the place of their names. */
function located(sql: string, { fromNs, toNs, resolutionNs, headFrom, headTo }: IncrementRange): string {
  const heads = [
    headFrom === null ? '' : ` AND head >= toUInt64(${headFrom})`,
    headTo === null ? '' : ` AND head < toUInt64(${headTo})`,
  ];
  return sql
    .replaceAll('{lo:Int64}', `toInt64(${fromNs})`)
    .replaceAll('{hi:Int64}', `toInt64(${toNs})`)
    .replaceAll('{load:Int64}', `toInt64(${fromNs - BigInt(LOOKBACK_NS)})`)
    .replaceAll('{resolution:Int64}', `toInt64(${resolutionNs})`)
    .replaceAll('{heads}', heads.join(''));
}

/**
 * Adds `epoch` to the rows of irregular streams. Points before the first known start belong to one epoch; from there on
 * those with a start belong to it, and those without to the epoch that began last.
 */
function withEpochs(source: string): string {
  const running =
    'PARTITION BY head, stream ORDER BY time_ns, start_ns ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW';
  return `SELECT *, if(NOT opened, toInt64(-1), if(start_ns != ${UNKNOWN}, chain, ifNull(begun, toInt64(-2)))) AS epoch FROM (
    SELECT *, anyLast(if(is_begin, toNullable(chain), NULL)) OVER (${running}) AS begun FROM (
    SELECT *, opened AND start_ns != ${UNKNOWN} AND 1 = row_number() OVER
      (PARTITION BY head, stream, opened, chain, start_ns = ${UNKNOWN} ORDER BY time_ns, start_ns) AS is_begin FROM (
    SELECT *, max(start_ns != ${UNKNOWN} AND start_ns >= latest - ${TOLERANCE_NS}) OVER (${running}) AS opened FROM (
    SELECT *, lagInFrame(time_ns, 1, ${NOTHING_BEFORE} + ${TOLERANCE_NS}) OVER ${BY_STREAM} AS latest,
      toInt64(sum(is_new_start) OVER (PARTITION BY head, stream ORDER BY start_ns, time_ns
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS chain FROM (
    SELECT *, start_ns - lagInFrame(start_ns, 1, start_ns) OVER
      (PARTITION BY head, stream ORDER BY start_ns, time_ns ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
      > ${TOLERANCE_NS} AS is_new_start FROM (${source}))))))`;
}

function ofIrregular(source: string, plan: IncrementPlan, is: boolean): string {
  if (plan.irregular === null) return source;
  return `SELECT * FROM (${source}) WHERE (head, stream) ${is ? '' : 'NOT '}IN (${plan.irregular})`;
}

/** Each point beside the one before it in its epoch. */
function pairs(plan: IncrementPlan, isExponential: boolean, isIrregular: boolean): string {
  const own = ofIrregular(rows(plan, isExponential), plan, isIrregular);
  const source = isIrregular ? withEpochs(own) : own;
  const partition = isIrregular ? 'head, stream, epoch' : 'head, stream';
  const before = ['layout', 'scale', 'zero_threshold', 'offset', 'sum', 'count', 'counts'].map(
    (column) => `lagInFrame(${column}) OVER w AS p_${column}`,
  );
  return `SELECT * FROM (SELECT *, lagInFrame(time_ns, 1, ${NOTHING_BEFORE}) OVER w AS p_time,
    lagInFrame(start_ns, 1, start_ns) OVER w AS p_start, ${before.join(', ')}
    FROM (${source}) WINDOW w AS (PARTITION BY ${partition} ORDER BY time_ns, start_ns ROWS BETWEEN 1 PRECEDING AND CURRENT ROW))
    WHERE time_ns >= {lo:Int64} AND p_time != ${NOTHING_BEFORE}${isIrregular ? '' : ` AND ${SAME_START}`}`;
}

const MIDDLE = 'if(p_time < time_ns, p_time + intDiv(time_ns - p_time, 2), time_ns - 1000)';

function laterPoints(plan: IncrementPlan, isExponential: boolean, isIrregular: boolean): string {
  const same = isExponential ? 'zero_threshold = p_zero_threshold' : 'layout = p_layout';
  const own = pairs(plan, isExponential, isIrregular);
  const compared = isExponential
    ? withExponentialDifference(own)
    : `SELECT *, scale AS new_scale, offset AS new_offset,
      arrayMap((a, b) -> a - b, counts, if(layout = p_layout, p_counts, counts)) AS difference FROM (${own})`;
  return `SELECT head, stream, mid, time_ns, layout, if(p.falls, p.scale, p.new_scale) AS scale, zero_threshold,
    if(p.falls, p.offset, p.new_offset) AS offset,
    multiIf(NOT same, 0., falls, count, count - p_count) AS added,
    if(falls, sum, sum - p_sum) AS added_sum,
    multiIf(NOT same, arrayMap(x -> 0., counts), falls, counts, difference) AS added_counts,
    same AS counted, same AND falls AS reset, 0 AS overlap, NOT same AS bounds_changed
    FROM (SELECT *, ${MIDDLE} AS mid, ${same} AS same,
      NOT (count >= p_count AND arrayAll(x -> x >= 0, difference)) AS falls FROM (${compared})) AS p`;
}

/** The first points of epochs, with what decides whether they count. */
function beginnings(plan: IncrementPlan, isIrregular: boolean): string {
  const own = ofIrregular(times(plan), plan, isIrregular);
  const before = `lagInFrame(time_ns, 1, ${NOTHING_BEFORE}) OVER ${BY_STREAM}`;
  if (isIrregular) {
    const first = '1 = row_number() OVER (PARTITION BY head, stream, epoch ORDER BY time_ns, start_ns)';
    return `SELECT head, stream, time_ns, start_ns, p_time FROM (
      SELECT *, ${before} AS p_time, ${first} AS is_first FROM (${withEpochs(own)}))
      WHERE is_first AND time_ns >= {lo:Int64}`;
  }
  return `SELECT head, stream, time_ns, start_ns, p_time FROM (SELECT *, ${before} AS p_time,
    lagInFrame(start_ns, 1, start_ns) OVER ${BY_STREAM} AS p_start FROM (${own}))
    WHERE time_ns >= {lo:Int64} AND (p_time = ${NOTHING_BEFORE} OR NOT ${SAME_START})`;
}

/** Types stay signed: mixed ones make a Variant. */
const SEGMENT_OF_TIME = `(time_ns - positiveModulo(time_ns, toInt64(${SEGMENT_NS})))`;

/** The usual interval of a stream, by segment: the median over it and the one before. */
function intervals(plan: IncrementPlan): string {
  return `SELECT head, stream, segment, quantileExact(0.5)(gap) AS usual FROM (
    SELECT head, stream, time_ns - p_time AS gap, arrayJoin([${SEGMENT_OF_TIME}, ${SEGMENT_OF_TIME} + toInt64(${SEGMENT_NS})]) AS segment
    FROM (SELECT *, lagInFrame(time_ns, 1, ${NOTHING_BEFORE}) OVER ${BY_STREAM} AS p_time FROM (${times({ ...plan, seeded: null })}))
    WHERE p_time != ${NOTHING_BEFORE}) GROUP BY head, stream, segment`;
}

/** When a process with a start first exported a metric, in whatever stream. */
function firstExports(plan: IncrementPlan): string {
  const own = `SELECT head, start_ns, time_ns FROM points WHERE ${LOADED}`;
  const older = `SELECT head, start_ns, time_ns FROM points
    WHERE ${CUMULATIVE} AND time_ns < {load:Int64} AND head IN (SELECT head FROM (SELECT DISTINCT head, stream FROM points WHERE ${LOADED} AND (head, stream) IN (${plan.seeded})))`;
  return `SELECT head, start_ns, min(time_ns) AS first_export
    FROM (${plan.seeded === null ? own : `${own} UNION ALL ${older}`}) GROUP BY head, start_ns`;
}

function judgedBeginnings(plan: IncrementPlan, isIrregular: boolean): string {
  const known = `start_ns != ${UNKNOWN}`;
  return `SELECT head, stream, time_ns, start_ns, reset, overlap,
    ${known} AND start_ns < time_ns AND (young OR first_export < time_ns - intDiv(interval, 2)) AS counted,
    if(young, start_ns, greatest(start_ns, time_ns - interval)) AS from_ns,
    from_ns + intDiv(time_ns - from_ns, 2) AS mid
    FROM (SELECT *, if(usual > 0, usual, {resolution:Int64}) AS interval,
      p_time != ${NOTHING_BEFORE} AND p_time >= ${SEGMENT_OF_TIME} - ${LOOKBACK_NS} AS follows,
      follows AND NOT (${known} AND start_ns < p_time - ${TOLERANCE_NS}) AS reset, follows AND NOT reset AS overlap,
      reset OR (${known} AND time_ns - start_ns <= ${FEW_INTERVALS} * interval) AS young
      FROM (SELECT *, ${SEGMENT_OF_TIME} AS segment FROM (${beginnings(plan, isIrregular)})) AS b
      ANY LEFT JOIN (${intervals(plan)}) AS i USING (head, stream, segment)
      ANY LEFT JOIN (${firstExports(plan)}) AS e USING (head, start_ns))`;
}

/** Those that count whole, and among plain ones also what was noticed of those that do not. */
function firstPoints(plan: IncrementPlan, isExponential: boolean, isIrregular: boolean): string {
  const judged = judgedBeginnings(plan, isIrregular);
  const key = 'head, stream, time_ns, start_ns';
  const findings = `SELECT head, stream, time_ns AS mid, time_ns, toUInt64(0) AS layout, toInt8(0) AS scale, 0. AS zero_threshold,
    toInt32(0) AS offset, 0. AS added, 0. AS added_sum, CAST([], 'Array(Float64)') AS added_counts,
    0 AS counted, reset, overlap, 0 AS bounds_changed FROM (${judged}) WHERE NOT counted AND (reset OR overlap)`;
  const whole = `SELECT head, stream, mid, time_ns, layout, scale, zero_threshold, offset, count AS added, sum AS added_sum,
    counts AS added_counts, 1 AS counted, reset, overlap, 0 AS bounds_changed
    FROM (SELECT ${key}, layout, scale, zero_threshold, offset, sum, ${COUNTS} FROM points FINAL
      PREWHERE (${key}) IN (SELECT ${key} FROM (${judged}) WHERE counted)
      WHERE ${LOADED} AND layout ${isExponential ? '=' : '!='} ${EXPONENTIAL_LAYOUT}) AS p
    ANY INNER JOIN (SELECT ${key}, mid, reset, overlap FROM (${judged}) WHERE counted) AS f USING (${key})`;
  const parts = isExponential ? [whole] : [findings, whole];
  return parts.map((part) => `SELECT ${COLUMNS} FROM (${part})`).join(' UNION ALL ');
}

/** Every increment of a point in the range, one row each: of exponential histograms, or of all others. */
export function incrementsSql(plan: IncrementPlan, isExponential: boolean): string {
  const modes = plan.irregular === null ? [false] : [false, true];
  const later = modes.map((mode) => `SELECT ${COLUMNS} FROM (${laterPoints(plan, isExponential, mode)})`);
  const first = plan.hasBeginnings ? modes.map((mode) => firstPoints(plan, isExponential, mode)) : [];
  return located([...later, ...first].join('\nUNION ALL\n'), plan);
}

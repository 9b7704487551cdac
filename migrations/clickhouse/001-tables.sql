-- Times are nanoseconds since the epoch; an unknown start is the largest Int64. A statement ends with a semicolon at the end of a line.

-- What identifies a stream of points. `head` is the process and metric: whose first export tells what is new in a stream.
CREATE TABLE IF NOT EXISTS streams (
  tenant LowCardinality(String),
  head UInt64,
  stream UInt64,
  metric LowCardinality(String),
  unit LowCardinality(String),
  scope LowCardinality(String),
  kind LowCardinality(String),
  temporality LowCardinality(String),
  monotonic UInt8,
  resource Map(String, String) CODEC(ZSTD(3)),
  attributes Map(String, String) CODEC(ZSTD(3)),
  seen DateTime DEFAULT now()
) ENGINE = ReplacingMergeTree(seen)
ORDER BY (tenant, head, stream)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, non_replicated_deduplication_window = 1000;

-- Bounds of explicit histograms by their hash.
CREATE TABLE IF NOT EXISTS layouts (
  layout UInt64,
  bounds Array(Float64),
  seen DateTime DEFAULT now()
) ENGINE = ReplacingMergeTree(seen)
ORDER BY layout
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, non_replicated_deduplication_window = 1000;

-- Points as they were received. One (stream, time, start) is one point: the first that came, hence the falling version.
-- `fold`: 0 a sample, 1 a delta, 2 cumulative. `layout`: 0 without buckets, 1 exponential, else of `layouts`.
-- `value`: of a number, or the count that the buckets do not hold. Counts that are not whole are in `fractions`.
-- The first buckets are columns of their own, since a bucket is like the same one a minute before, not like its neighbours.
CREATE TABLE IF NOT EXISTS points (
  tenant LowCardinality(String),
  head UInt64 CODEC(ZSTD(1)),
  stream UInt64 CODEC(ZSTD(1)),
  time_ns Int64 CODEC(Delta(8), ZSTD(1)),
  start_ns Int64 CODEC(Delta(8), ZSTD(1)),
  fold UInt8 CODEC(ZSTD(1)),
  value Float64 CODEC(ZSTD(1)),
  sum Float64 CODEC(FPC(12), ZSTD(1)),
  layout UInt64 CODEC(ZSTD(1)),
  scale Int8 CODEC(ZSTD(1)),
  zero_threshold Float64 CODEC(ZSTD(1)),
  offset Int32 CODEC(ZSTD(1)),
  received_buckets Array(UInt64) EPHEMERAL,
  bucket_count UInt16 DEFAULT length(received_buckets) CODEC(ZSTD(1)),
  bucket_1 UInt64 DEFAULT received_buckets[1] CODEC(DoubleDelta, ZSTD(1)),
  bucket_2 UInt64 DEFAULT received_buckets[2] CODEC(DoubleDelta, ZSTD(1)),
  bucket_3 UInt64 DEFAULT received_buckets[3] CODEC(DoubleDelta, ZSTD(1)),
  bucket_4 UInt64 DEFAULT received_buckets[4] CODEC(DoubleDelta, ZSTD(1)),
  bucket_5 UInt64 DEFAULT received_buckets[5] CODEC(DoubleDelta, ZSTD(1)),
  bucket_6 UInt64 DEFAULT received_buckets[6] CODEC(DoubleDelta, ZSTD(1)),
  bucket_7 UInt64 DEFAULT received_buckets[7] CODEC(DoubleDelta, ZSTD(1)),
  bucket_8 UInt64 DEFAULT received_buckets[8] CODEC(DoubleDelta, ZSTD(1)),
  bucket_9 UInt64 DEFAULT received_buckets[9] CODEC(DoubleDelta, ZSTD(1)),
  bucket_10 UInt64 DEFAULT received_buckets[10] CODEC(DoubleDelta, ZSTD(1)),
  bucket_11 UInt64 DEFAULT received_buckets[11] CODEC(DoubleDelta, ZSTD(1)),
  bucket_12 UInt64 DEFAULT received_buckets[12] CODEC(DoubleDelta, ZSTD(1)),
  bucket_13 UInt64 DEFAULT received_buckets[13] CODEC(DoubleDelta, ZSTD(1)),
  bucket_14 UInt64 DEFAULT received_buckets[14] CODEC(DoubleDelta, ZSTD(1)),
  bucket_15 UInt64 DEFAULT received_buckets[15] CODEC(DoubleDelta, ZSTD(1)),
  bucket_16 UInt64 DEFAULT received_buckets[16] CODEC(DoubleDelta, ZSTD(1)),
  more_buckets Array(UInt64) DEFAULT arraySlice(received_buckets, 17) CODEC(T64, ZSTD(3)),
  fractions Array(Float64) CODEC(ZSTD(3)),
  received_ms Int64 DEFAULT toUnixTimestamp64Milli(now64(3)) CODEC(Delta(8), ZSTD(1)),
  earliness Int64 DEFAULT -received_ms CODEC(Delta(8), ZSTD(1))
) ENGINE = ReplacingMergeTree(earliness)
PARTITION BY intDiv(time_ns, 86400000000000)
ORDER BY (tenant, head, stream, time_ns, start_ns)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, non_replicated_deduplication_window = 1000;

-- Attributes of spans and of the processes that sent them, by their hash.
CREATE TABLE IF NOT EXISTS attribute_sets (
  tenant LowCardinality(String),
  attribute_set UInt64,
  attributes Map(String, String) CODEC(ZSTD(3)),
  seen DateTime DEFAULT now()
) ENGINE = ReplacingMergeTree(seen)
ORDER BY (tenant, attribute_set)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS spans (
  tenant LowCardinality(String),
  trace FixedString(16) CODEC(ZSTD(1)),
  span FixedString(8) CODEC(ZSTD(1)),
  parent FixedString(8) CODEC(ZSTD(1)),
  start_ns Int64 CODEC(Delta(8), ZSTD(1)),
  end_ns Int64 CODEC(Delta(8), ZSTD(1)),
  kind UInt8 CODEC(ZSTD(1)),
  failed UInt8 CODEC(ZSTD(1)),
  name LowCardinality(String),
  resource UInt64 CODEC(ZSTD(1)),
  attributes UInt64 CODEC(ZSTD(1)),
  flags Map(String, String) CODEC(ZSTD(1)),
  links Array(FixedString(8)) CODEC(ZSTD(1)),
  received_ms Int64 DEFAULT toUnixTimestamp64Milli(now64(3)) CODEC(Delta(8), ZSTD(1))
) ENGINE = ReplacingMergeTree
PARTITION BY intDiv(start_ns, 86400000000000)
ORDER BY (tenant, resource, trace, span)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS evaluations (
  tenant LowCardinality(String),
  time_ns Int64 CODEC(Delta(8), ZSTD(1)),
  trace FixedString(16) CODEC(ZSTD(1)),
  span FixedString(8) CODEC(ZSTD(1)),
  resource UInt64 CODEC(ZSTD(1)),
  flag LowCardinality(String),
  variant LowCardinality(String),
  received_ms Int64 DEFAULT toUnixTimestamp64Milli(now64(3)) CODEC(Delta(8), ZSTD(1))
) ENGINE = ReplacingMergeTree
PARTITION BY intDiv(time_ns, 86400000000000)
ORDER BY (tenant, resource, flag, variant, time_ns, trace, span)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, non_replicated_deduplication_window = 1000;

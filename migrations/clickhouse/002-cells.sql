-- What cumulative points added, per block of 60 s. `segment` is the hour of the points that added it; the cells of a segment
-- are those of its latest calculation, which `segments` names.
CREATE TABLE IF NOT EXISTS cells (
  tenant LowCardinality(String),
  head UInt64 CODEC(ZSTD(1)),
  stream UInt64 CODEC(ZSTD(1)),
  segment Int64 CODEC(Delta(8), ZSTD(1)),
  start_ns Int64 CODEC(Delta(8), ZSTD(1)),
  value Float64 CODEC(ZSTD(1)),
  sum Float64 CODEC(ZSTD(1)),
  layout UInt64 CODEC(ZSTD(1)),
  scale Int8 CODEC(ZSTD(1)),
  zero_threshold Float64 CODEC(ZSTD(1)),
  offset Int32 CODEC(ZSTD(1)),
  buckets Array(UInt32) CODEC(ZSTD(1)),
  fractions Array(Float64) CODEC(ZSTD(1)),
  increments UInt32 CODEC(ZSTD(1)),
  resets UInt32 CODEC(ZSTD(1)),
  overlaps UInt32 CODEC(ZSTD(1)),
  bounds_changes UInt32 CODEC(ZSTD(1)),
  computed_us Int64 CODEC(ZSTD(1))
) ENGINE = MergeTree
PARTITION BY intDiv(segment, 86400000000000)
ORDER BY (tenant, head, stream, start_ns, layout, scale, zero_threshold, segment, computed_us)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS segments (
  tenant LowCardinality(String),
  segment Int64,
  computed_us Int64
) ENGINE = ReplacingMergeTree(computed_us)
PARTITION BY intDiv(segment, 86400000000000)
ORDER BY (tenant, segment)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, non_replicated_deduplication_window = 1000;

-- What cumulative points added, per block of 60 s: one row for the blocks of a stream, an hour and a bucket layout, since an
-- engine reads a few long arrays sooner than many short rows. `segment` is the hour of the points that added it; the runs of a
-- segment are those of its latest calculation, which `kept_segments` names.
-- Arrays that say nothing are empty: `counted` where every block has increments, `offsets` where all are 0, the findings where
-- nothing was odd. `sizes` is one number where all blocks have as many buckets. The counts of all buckets follow each other
-- in the narrowest of four columns.
CREATE TABLE IF NOT EXISTS cell_runs (
  tenant LowCardinality(String),
  head UInt64 CODEC(ZSTD(1)),
  stream UInt64 CODEC(ZSTD(1)),
  segment Int64 CODEC(Delta(8), ZSTD(1)),
  layout UInt64 CODEC(ZSTD(1)),
  scale Int8 CODEC(ZSTD(1)),
  zero_threshold Float64 CODEC(ZSTD(1)),
  blocks Array(Int32) CODEC(Delta(4), ZSTD(1)),
  counted Array(UInt8) CODEC(ZSTD(1)),
  totals Array(Float64) CODEC(ZSTD(1)),
  sums Array(Float64) CODEC(ZSTD(1)),
  offsets Array(Int32) CODEC(ZSTD(1)),
  sizes Array(UInt32) CODEC(ZSTD(1)),
  counts8 Array(UInt8) CODEC(ZSTD(1)),
  counts16 Array(UInt16) CODEC(ZSTD(1)),
  counts32 Array(UInt32) CODEC(ZSTD(1)),
  fractions Array(Float64) CODEC(ZSTD(1)),
  resets Array(UInt32) CODEC(ZSTD(1)),
  overlaps Array(UInt32) CODEC(ZSTD(1)),
  bounds_changes Array(UInt32) CODEC(ZSTD(1)),
  computed_us Int64 CODEC(ZSTD(1))
) ENGINE = MergeTree
PARTITION BY intDiv(segment, 86400000000000)
ORDER BY (tenant, head, stream, segment, layout, scale, zero_threshold, computed_us)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS kept_segments (
  tenant LowCardinality(String),
  segment Int64,
  computed_us Int64
) ENGINE = ReplacingMergeTree(computed_us)
PARTITION BY intDiv(segment, 86400000000000)
ORDER BY (tenant, segment)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, non_replicated_deduplication_window = 1000;

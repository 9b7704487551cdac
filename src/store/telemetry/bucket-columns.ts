const COLUMNS = 16;
const NAMES = Array.from({ length: COLUMNS }, (_, i) => `bucket_${i + 1}`);

/** The buckets of a row of `points`: the first ones are columns of their own (decision 25). */
export const BUCKETS = `arraySlice(arrayConcat([${NAMES.join(', ')}], more_buckets), 1, bucket_count)`;

/** The tables a batch writes, with the columns in the order rows are encoded in. What others refer to comes first. */
export const WRITTEN_TABLES = {
  layouts: 'layout, bounds',
  streams: 'tenant, head, stream, metric, unit, scope, kind, temporality, monotonic, resource, attributes',
  attribute_sets: 'tenant, attribute_set, attributes',
  points:
    'tenant, head, stream, time_ns, start_ns, fold, value, sum, layout, scale, zero_threshold, offset, received_buckets, fractions',
  spans: 'tenant, trace, span, parent, start_ns, end_ns, kind, failed, name, resource, attributes, flags, links',
  evaluations: 'tenant, time_ns, trace, span, resource, flag, variant',
} as const;

export type WrittenTable = keyof typeof WRITTEN_TABLES;

/** Registered once a process, and kept for the next batch where one fails. */
export const DIMENSIONS = ['layouts', 'streams', 'attribute_sets'] as const satisfies readonly WrittenTable[];
export const FACTS = ['points', 'spans', 'evaluations'] as const satisfies readonly WrittenTable[];

/** How points of a stream become increments. */
export const FOLD = { sample: 0, delta: 1, cumulative: 2 } as const;

/** Layouts that are not bounds. */
export const NO_LAYOUT = 0;
export const EXPONENTIAL_LAYOUT = 1;

export const SPAN_KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const;

import fc from 'fast-check';

/** Arbitrary OTLP documents as plain values, and their many spellings as text. */

const NAMES = [
  'http.server.request.duration',
  'a',
  'naïve "name"',
  'back\\slash',
  '🙂',
  'line\nbreak',
  '__proto__',
  '',
];
const name = fc.oneof(
  fc.constantFrom(...NAMES.slice(0, -1)),
  fc.string({ minLength: 1, unit: 'binary' }).filter(isWellFormed),
);
const text = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'binary' }).filter(isWellFormed));

/** Lone surrogates do not survive UTF-8. */
function isWellFormed(candidate: string): boolean {
  return Buffer.from(candidate, 'utf8').toString('utf8') === candidate;
}

const integerValue = fc.oneof(fc.integer(), fc.integer().map(String));
const scalarValue = fc.oneof(
  text.map((stringValue) => ({ stringValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
  integerValue.map((intValue) => ({ intValue })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({ doubleValue: doubleValue + 0 })),
  fc.base64String().map((bytesValue) => ({ bytesValue })),
  fc.constant({}),
);
const distinctKeys = (value: fc.Arbitrary<object>) =>
  fc.uniqueArray(fc.record({ key: name, value }), { selector: ({ key }) => key, maxLength: 4 });
/** Keys of nested maps stay plain: the reference decoder holds them in objects, which reorder keys like "1". */
const nestedPairs = fc.uniqueArray(fc.record({ key: fc.constantFrom('x', 'y"', 'ü'), value: scalarValue }), {
  selector: ({ key }) => key,
});
const anyValue = fc.oneof(
  { weight: 6, arbitrary: scalarValue },
  { weight: 1, arbitrary: fc.array(scalarValue, { maxLength: 3 }).map((values) => ({ arrayValue: { values } })) },
  { weight: 1, arbitrary: nestedPairs.map((values) => ({ kvlistValue: { values } })) },
);
const attributes = distinctKeys(anyValue);
const usualAttributes = fc.constantFrom(
  [],
  [{ key: 'http.route', value: { stringValue: '/orders' } }],
  [{ key: 'otel.metric.overflow', value: { boolValue: true } }],
);
const attributeList = fc.oneof(usualAttributes, attributes);

const nanoseconds = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt(1_700_000_000_000_000_000n, 1_800_000_000_000_000_000n).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('0', 0, '1', 999_999, '18446744073709551615', '-1') },
  { weight: 1, arbitrary: fc.nat().map((seconds) => seconds * 1e9) },
);
const count = fc.oneof(
  { weight: 9, arbitrary: fc.oneof(fc.nat(50), fc.nat(50).map(String)) },
  { weight: 1, arbitrary: fc.constantFrom('-1', -3, 1.5, '0x10', 'NaN', '9007199254740993', 1.8e19) },
);
const double = fc.oneof(
  { weight: 8, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 2, arbitrary: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)) },
  { weight: 1, arbitrary: fc.constantFrom('NaN', 'Infinity', '-Infinity', 'nonsense', '1.', true) },
);

const partly = <T extends Record<string, fc.Arbitrary<unknown>>>(members: T) =>
  fc.record(members, { requiredKeys: [] });
const sharedMembers = {
  attributes: attributeList,
  startTimeUnixNano: nanoseconds,
  flags: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(1, 3, '1') }),
};
const timed = <T extends Record<string, fc.Arbitrary<unknown>>>(members: T) =>
  fc.record({ timeUnixNano: nanoseconds, ...sharedMembers, ...members }, { requiredKeys: ['timeUnixNano'] });

const numberPoint = fc.oneof(timed({ asDouble: double }), timed({ asInt: integerValue }));
const looseHistogram = timed({
  count,
  sum: double,
  bucketCounts: fc.array(count, { maxLength: 4 }),
  explicitBounds: fc.array(double, { maxLength: 3 }),
});
const soundHistogram = fc
  .record({
    point: timed({ sum: double }),
    counts: fc.array(fc.nat(99), { minLength: 1, maxLength: 20 }),
    quoted: fc.boolean(),
  })
  .map(({ point, counts, quoted }) => ({
    ...point,
    count: counts.reduce((sum, bucket) => sum + bucket, 0),
    bucketCounts: quoted ? counts.map(String) : counts,
    explicitBounds: counts.slice(1).map((_, index) => index / 8),
  }));
const buckets = partly({
  offset: fc.oneof(fc.integer({ min: -99, max: 99 }), fc.integer()),
  bucketCounts: fc.array(count),
});
const looseExponential = timed({
  count,
  sum: double,
  scale: fc.integer({ min: -12, max: 22 }),
  zeroCount: count,
  zeroThreshold: double,
  positive: buckets,
  negative: buckets,
});
const soundExponential = fc
  .record({
    point: timed({ sum: double }),
    counts: fc.array(fc.nat(9)),
    below: fc.array(fc.nat(1)),
    zeroCount: fc.nat(3),
  })
  .map(({ point, counts, below, zeroCount }) => ({
    ...point,
    scale: 3,
    count: [...counts, ...below, zeroCount].reduce((sum, bucket) => sum + bucket, 0),
    zeroCount,
    positive: { offset: -5, bucketCounts: counts.map(String) },
    negative: { bucketCounts: below },
  }));
const summaryPoint = timed({
  count,
  sum: double,
  quantileValues: fc.array(
    partly({ quantile: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), double), value: double }),
    { maxLength: 3 },
  ),
});

const temporality = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(1, 2) },
  { weight: 1, arbitrary: fc.constantFrom(0, 7, 'AGGREGATION_TEMPORALITY_DELTA') },
);
const points = (point: fc.Arbitrary<unknown>) => fc.array(point, { maxLength: 4 });
const data = fc.oneof(
  fc.record({ gauge: partly({ dataPoints: points(numberPoint) }) }),
  fc.record({
    sum: partly({ dataPoints: points(numberPoint), isMonotonic: fc.boolean(), aggregationTemporality: temporality }),
  }),
  fc.record({
    histogram: partly({
      dataPoints: points(fc.oneof(looseHistogram, soundHistogram)),
      aggregationTemporality: temporality,
    }),
  }),
  fc.record({
    exponentialHistogram: partly({
      dataPoints: points(fc.oneof(looseExponential, soundExponential)),
      aggregationTemporality: temporality,
    }),
  }),
  fc.record({ summary: partly({ dataPoints: points(summaryPoint) }) }),
);
const metric = fc
  .tuple(
    fc.record({ name, unit: fc.constantFrom('s', 'ms', 'µs'), description: text }, { requiredKeys: ['name'] }),
    data,
  )
  .map(([header, body]) => ({ ...header, ...body }));

const hexId = (digits: number) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('a', 'B', '7').map((digit) => digit.repeat(digits)) },
    { weight: 1, arbitrary: fc.constantFrom('', '0'.repeat(digits), 'zz', 'a'.repeat(digits + 1)) },
  );
const flagAttributes = partly({
  'feature_flag.key': fc.constantFrom('backoff.v2', '__proto__'),
  'feature_flag.result.variant': fc.constantFrom('on', 'off'),
  'feature_flag.variant': fc.constantFrom('old'),
  'feature_flag.result.value': fc.constantFrom('v'),
  'event.name': fc.constantFrom('feature_flag.evaluation', 'feature_flag', 'other'),
}).map((members) => Object.entries(members).map(([key, stringValue]) => ({ key, value: { stringValue } })));
const eventName = fc.constantFrom('feature_flag.evaluation', 'feature_flag', 'exception', '');
const span = partly({
  traceId: hexId(32),
  spanId: hexId(16),
  parentSpanId: hexId(16),
  name: text,
  kind: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant('SPAN_KIND_SERVER')),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: fc.bigInt(1_790_000_000_000_000_000n, 1_900_000_000_000_000_000n).map(String),
  attributes: attributeList,
  events: fc.array(partly({ name: eventName, timeUnixNano: nanoseconds, attributes: flagAttributes }), {
    maxLength: 3,
  }),
  links: fc.array(partly({ traceId: hexId(32), spanId: hexId(16) }), { maxLength: 3 }),
  status: partly({ code: fc.constantFrom(0, 1, 2), message: text }),
});
const logRecord = partly({
  timeUnixNano: nanoseconds,
  observedTimeUnixNano: nanoseconds,
  eventName,
  traceId: hexId(32),
  spanId: hexId(16),
  attributes: fc.oneof(flagAttributes, attributes),
  body: anyValue,
});

const resource = partly({ attributes: attributeList, droppedAttributesCount: fc.nat() });
const scope = partly({ name: text, version: fc.constantFrom('', '1.2'), attributes: attributeList });
const signal = (outer: string, inner: string, items: string, item: fc.Arbitrary<unknown>) => {
  const group = partly({ scope, [items]: fc.array(item, { maxLength: 3 }), schemaUrl: text });
  const holder = partly({ resource, [inner]: fc.array(group, { maxLength: 2 }), schemaUrl: text });
  return fc.array(holder, { maxLength: 2 }).map((holders) => ({ [outer]: holders }));
};

export const arbitraryDocument: fc.Arbitrary<object> = fc.oneof(
  { weight: 3, arbitrary: signal('resourceMetrics', 'scopeMetrics', 'metrics', metric) },
  { weight: 1, arbitrary: signal('resourceSpans', 'scopeSpans', 'spans', span) },
  { weight: 1, arbitrary: signal('resourceLogs', 'scopeLogs', 'logRecords', logRecord) },
);

/** One spelling of a value: order of members, unknown and null members, white space, escapes, exponents, by the seed. */
export function spell(value: unknown, seed: number): string {
  const chance = generator(seed);
  const space = () => (chance() < 0.1 ? [' ', '\t', '\r', '  '][Math.floor(chance() * 4)]! : '');
  const write = (part: unknown, depth: number): string => {
    if (typeof part === 'string') return spellText(part, chance);
    if (typeof part === 'number') return spellNumber(part, chance);
    if (Array.isArray(part))
      return `[${space()}${part.map((item) => write(item, depth + 1)).join(`${space()},${space()}`)}]`;
    if (typeof part !== 'object' || part === null) return String(part);
    const members = Object.entries(part).map(([key, member]) => [key, write(member, depth + 1)]);
    if (chance() < 0.1) members.push(['unknown', '{"a":[1,-2.5e3,"\\u00e9\\"",null,true,{}],"b":{"attributes":[]}}']);
    if (chance() < 0.05 && depth > 1) members.push([`zz${depth}`, 'null']);
    const shuffled = chance() < 0.5 ? members : members.sort(() => chance() - 0.5);
    const texts = shuffled.map(([key, member]) => `${spellText(key!, chance)}${space()}:${space()}${member}${space()}`);
    return `{${space()}${texts.join(`,${space()}`)}}`;
  };
  return write(value, 0);
}

function spellText(text: string, chance: () => number): string {
  if (chance() < 0.95 || LONG_DIGITS.test(text)) return JSON.stringify(text);
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index).toString(16).padStart(4, '0'));
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`;
}

/** Times are read digit by digit, so only their usual spelling keeps the last fraction of a millisecond. */
const LONG_DIGITS = /^\d{10,}$/;

/** Large integers keep their digits: they may be times, which are read digit by digit. */
function spellNumber(number: number, chance: () => number): string {
  if (Math.abs(number) > 1e9 && Number.isInteger(number)) return JSON.stringify(number);
  const plain = JSON.stringify(number);
  return chance() < 0.1 ? number.toExponential().replace('e', chance() < 0.5 ? 'E' : 'e') : plain;
}

/** Linear congruential generator (Numerical Recipes); good enough to pick spellings. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

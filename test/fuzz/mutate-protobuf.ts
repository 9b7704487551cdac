import { unknownField, type WireField, wireFields, writeField, writeVarint } from '../support/otlp/spell-protobuf.ts';
import { type Chance, pick } from './chance.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const HOSTILE_INTEGERS = [
  0n,
  1n,
  127n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n + 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const HOSTILE_DOUBLES = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, -1, 5e-324, 1.7976931348623157e308, 2 ** 53];
const DEEP = 80;
const MANY = 3000;
/** What repetition may come to. */
const MOST_REPEATED_BYTES = 1 << 17;

/**
 * Changes what a protobuf message says rather than its bytes: fields go, come twice, move, change kind or value, nest deep
 * or come in thousands, while all lengths around them stay right. Bytes that are no message are answered as they are.
 */
export function mutateProtobuf(input: Buffer, chance: Chance): Buffer {
  const fields = fieldsOf(input);
  if (fields === null || fields.length === 0) return input;
  const index = Math.floor(chance() * fields.length);
  const field = fields[index]!;
  const inner = field.wire === LENGTH && chance() < 0.85 ? fieldsOf(field.payload) : null;
  if (inner !== null && inner.length > 0) {
    fields[index] = { ...field, payload: mutateProtobuf(field.payload, chance) };
  } else fields.splice(index, 1, ...changed(field, fields, chance));
  return Buffer.concat(fields.map((each) => writeField(each, chance() < 0.02 ? 4 : 0)));
}

/** What stands in place of one field. */
function changed(field: WireField, siblings: readonly WireField[], chance: Chance): WireField[] {
  switch (Math.floor(chance() * 9)) {
    case 0:
      return [];
    case 1:
      return [field, field];
    case 2:
      return [{ ...field, number: pick(siblings, chance).number }];
    case 3:
      return [pick(siblings, chance), field];
    case 4:
      return [unknownField(1 + Math.floor(chance() * 20), chance), field];
    case 5:
      return [{ number: field.number, wire: LENGTH, payload: nested(field, 1 + Math.floor(chance() * DEEP)) }];
    case 6:
      return repeated(field, chance() < 0.05 ? MANY : 20);
    case 7:
      return [{ ...field, number: 1 + Math.floor(chance() * 16) }];
    default:
      return [hostileValue(field, chance)];
  }
}

function hostileValue(field: WireField, chance: Chance): WireField {
  const { wire, payload } = field;
  if (wire === VARINT) return { ...field, payload: writeVarint(pick(HOSTILE_INTEGERS, chance)) };
  if (wire === LENGTH) {
    const long = Buffer.alloc(Math.floor(chance() ** 4 * 5000), Math.floor(chance() * 256));
    return { ...field, payload: chance() < 0.5 ? Buffer.alloc(0) : long };
  }
  if (wire !== FIXED64) return { ...field, payload: Buffer.alloc(payload.length, 0xff) };
  const bytes = Buffer.alloc(8);
  if (chance() < 0.5) bytes.writeDoubleLE(pick(HOSTILE_DOUBLES, chance));
  else bytes.writeBigUInt64LE(pick(HOSTILE_INTEGERS, chance));
  return { ...field, payload: bytes };
}

function repeated(field: WireField, times: number): WireField[] {
  const room = Math.ceil(MOST_REPEATED_BYTES / (field.payload.length + 1));
  return Array(Math.min(times, room)).fill(field);
}

/** A field within itself. */
function nested(field: WireField, depth: number): Buffer {
  let payload = field.payload;
  for (let level = 0; level < depth; level++) payload = writeField({ number: field.number, wire: LENGTH, payload });
  return payload;
}

/** The fields, or null where the bytes are no message (text may look like one by accident, which does no harm). */
function fieldsOf(bytes: Buffer): WireField[] | null {
  try {
    const fields = wireFields(bytes);
    const size = fields.reduce((sum, field) => sum + writeField(field).length, 0);
    const known = fields.every(({ number, wire }) => number > 0 && (wire <= LENGTH || wire === 5));
    return known && size === bytes.length ? fields : null;
  } catch {
    return null;
  }
}

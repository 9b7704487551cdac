import type protobuf from 'protobufjs';

type Json = ReturnType<typeof JSON.parse>;

/** The same content twice: as OTLP/JSON means it, and as protobufjs takes it. */
export interface Twins {
  readonly json: Json;
  readonly message: Json;
}

const HEX_FIELDS = new Set(['traceId', 'spanId', 'parentSpanId']);
const WIDE = new Set(['fixed64', 'uint64', 'sfixed64', 'int64']);
const UNSIGNED = new Set(['fixed64', 'uint64', 'uint32', 'fixed32']);

/** Makes a loosely typed document one that both encodings can hold; what has no place in the protocol is left out. */
export function twinsOf(type: protobuf.Type, document: Json): Twins {
  const json: Json = {};
  const message: Json = {};
  for (const field of type.fieldsArray) {
    const value = document[field.name];
    if (value === undefined || value === null) continue;
    const convert = (item: Json) => twinsOfValue(field.resolve(), item);
    if (field.repeated) {
      const items = (value as Json[]).map(convert);
      json[field.name] = items.map((item) => item.json);
      message[field.name] = items.map((item) => item.message);
    } else {
      const twins = convert(value);
      json[field.name] = twins.json;
      message[field.name] = twins.message;
    }
  }
  return { json, message };
}

function twinsOfValue(field: protobuf.Field, value: Json): Twins {
  if (field.resolvedType !== null) return twinsOf(field.resolvedType as protobuf.Type, value);
  if (field.type === 'bytes') return HEX_FIELDS.has(field.name) ? hexTwins(value) : base64Twins(value);
  if (field.type === 'double') return doubleTwins(value);
  if (field.type === 'bool' || field.type === 'string') return { json: value, message: value };
  const whole = wholeNumber(value, UNSIGNED.has(field.type), WIDE.has(field.type) ? 64 : 32);
  return WIDE.has(field.type) ? { json: whole, message: whole } : { json: Number(whole), message: Number(whole) };
}

/** The digits of an integer of this kind; those of another one where the value is none. */
function wholeNumber(value: Json, unsigned: boolean, bits: number): string {
  try {
    const whole = BigInt(value);
    const kept = unsigned ? BigInt.asUintN(bits, whole) : BigInt.asIntN(bits, whole);
    return kept === whole ? String(whole) : '3';
  } catch {
    return '3';
  }
}

function doubleTwins(value: Json): Twins {
  const number = Number(value) + 0;
  return { json: Number.isFinite(number) ? number : String(number), message: number };
}

/** Protobuf holds whole bytes only. */
function hexTwins(value: string): Twins {
  const bytes = Buffer.from(value.slice(0, value.length & ~1), 'hex');
  return { json: bytes.toString('hex'), message: bytes };
}

function base64Twins(value: string): Twins {
  const bytes = Buffer.from(value, 'base64');
  return { json: bytes.toString('base64'), message: bytes };
}

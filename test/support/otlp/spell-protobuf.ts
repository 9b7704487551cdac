import type protobuf from 'protobufjs';

/** One spelling of a protobuf message out of the many that mean the same. */

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;
const FIXED_BYTES: Readonly<Record<string, number>> = { fixed64: 8, sfixed64: 8, double: 8, fixed32: 4 };

export interface WireField {
  readonly number: number;
  readonly wire: number;
  /** The value; of LENGTH without its length. */
  readonly payload: Buffer;
}

/** The fields of a well-formed message without groups; throws where a varint is none. */
export function wireFields(bytes: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new Error('no varint');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    const start = at;
    if (wire === VARINT) varint();
    else if (wire === FIXED64) at += 8;
    else if (wire === FIXED32) at += 4;
    const length = wire === LENGTH ? Number(varint()) : at - start;
    if (wire !== LENGTH) at = start;
    fields.push({ number: tag >>> 3, wire, payload: Buffer.from(bytes.subarray(at, at + length)) });
    at += length;
  }
  return fields;
}

export function writeVarint(value: number | bigint, padding = 0): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn));
    rest >>= 7n;
  } while (rest > 0n);
  for (let added = 0; added < padding && bytes.length < 5; added++) bytes.push(0);
  return Buffer.from(bytes.map((byte, index) => (index < bytes.length - 1 ? byte | 0x80 : byte)));
}

export function writeField({ number, wire, payload }: WireField, padding = 0): Buffer {
  const length = wire === LENGTH ? [writeVarint(payload.length, padding)] : [];
  return Buffer.concat([writeVarint(number * 8 + wire, padding), ...length, payload]);
}

/** Writes a message anew: other order, pieces, packing and lengths, earlier values that are overruled, unknown fields. */
export function spellMessage(type: protobuf.Type, bytes: Uint8Array, chance: () => number): Buffer {
  const lists = new Map<number, WireField[]>();
  for (const field of wireFields(bytes)) {
    const list = lists.get(field.number) ?? [];
    list.push(...spellField(type.fieldsById[field.number]?.resolve(), field, chance));
    lists.set(field.number, list);
  }
  if (chance() < 0.15) lists.set(1000, [unknownField(1000, chance)]);
  if (chance() < 0.1) addOtherWire(type, lists, chance);
  const ordered = chance() < 0.5 ? [...lists.values()].flat() : interleave([...lists.values()], chance);
  return Buffer.concat(ordered.map((field) => writeField(field, chance() < 0.1 ? 1 + Math.floor(chance() * 3) : 0)));
}

function spellField(field: protobuf.Field | undefined, wire: WireField, chance: () => number): WireField[] {
  if (field === undefined) return [wire];
  if (field.resolvedType !== null) return spellSubmessage(field, wire, chance);
  if (field.repeated && wire.wire === LENGTH && field.type !== 'string') return spellPacked(field, wire, chance);
  if (field.repeated || chance() > 0.1) return [wire];
  return [{ ...wire, payload: overruled(wire, chance) }, wire];
}

function spellSubmessage(field: protobuf.Field, wire: WireField, chance: () => number): WireField[] {
  const type = field.resolvedType as protobuf.Type;
  const payload = spellMessage(type, wire.payload, chance);
  if (field.repeated || chance() > 0.15) return [{ ...wire, payload }];
  const parts = wireFields(wire.payload);
  const cut = Math.floor(chance() * (parts.length + 1));
  return [parts.slice(0, cut), parts.slice(cut)].map((part) => {
    const plain = Buffer.concat(part.map((item) => writeField(item)));
    return { ...wire, payload: spellMessage(type, plain, chance) };
  });
}

function spellPacked(field: protobuf.Field, wire: WireField, chance: () => number): WireField[] {
  const choice = chance();
  if (choice < 0.7) return [wire];
  const items = packedItems(field, wire.payload);
  if (choice < 0.85) {
    const single = field.type in FIXED_BYTES ? FIXED64 : VARINT;
    return items.map((payload) => ({ number: wire.number, wire: single, payload }));
  }
  const cut = Math.floor(chance() * (items.length + 1));
  return [items.slice(0, cut), items.slice(cut)].map((part) => ({ ...wire, payload: Buffer.concat(part) }));
}

function packedItems(field: protobuf.Field, payload: Buffer): Buffer[] {
  const width = FIXED_BYTES[field.type];
  const items: Buffer[] = [];
  for (let at = 0, end = 0; at < payload.length; at = end) {
    end = at + (width ?? 0);
    if (width === undefined) while (payload[end++]! >= 0x80);
    items.push(payload.subarray(at, end));
  }
  return items;
}

/** A value that a later one of the same field takes the place of. */
function overruled({ wire, payload }: WireField, chance: () => number): Buffer {
  if (wire === VARINT) return writeVarint(Math.floor(chance() * 4));
  return wire === LENGTH ? Buffer.from('earlier') : Buffer.from(payload.map(() => Math.floor(chance() * 256)));
}

export function unknownField(number: number, chance: () => number): WireField {
  const wire = [VARINT, FIXED64, LENGTH, START_GROUP, FIXED32][Math.floor(chance() * 5)]!;
  if (wire === VARINT) return { number, wire, payload: writeVarint(BigInt(Math.floor(chance() * 2 ** 53))) };
  if (wire === LENGTH) return { number, wire, payload: Buffer.alloc(Math.floor(chance() * 9), 0x0a) };
  if (wire !== START_GROUP) return { number, wire, payload: Buffer.alloc(wire === FIXED64 ? 8 : 4, 0xff) };
  const inner = chance() < 0.5 ? [] : [writeField(unknownField(number + 1, chance))];
  return { number, wire, payload: Buffer.concat([...inner, writeVarint(number * 8 + END_GROUP)]) };
}

/** A known field written in a way it never is: to be passed over like an unknown one. */
function addOtherWire(type: protobuf.Type, lists: Map<number, WireField[]>, chance: () => number): void {
  const field = type.fieldsArray[Math.floor(chance() * type.fieldsArray.length)]!;
  const list = lists.get(field.id) ?? [];
  list.push({ number: field.id, wire: FIXED32, payload: Buffer.from([1, 2, 3, 4]) });
  if (field.type !== 'fixed32') lists.set(field.id, list);
}

/** Merges lists, each in its own order. */
function interleave<T>(lists: readonly T[][], chance: () => number): T[] {
  const rest = lists.map((list) => [...list]).filter((list) => list.length > 0);
  const merged: T[] = [];
  while (rest.length > 0) {
    const index = Math.floor(chance() * rest.length);
    merged.push(rest[index]!.shift()!);
    if (rest[index]!.length === 0) rest.splice(index, 1);
  }
  return merged;
}

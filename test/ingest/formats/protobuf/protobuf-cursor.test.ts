import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { NumberList } from '../../../../src/ingest/formats/bytes/number-list.ts';
import { readPackedFixed64, readPackedUint64 } from '../../../../src/ingest/formats/protobuf/packed-numbers.ts';
import { ProtobufCursor } from '../../../../src/ingest/formats/protobuf/protobuf-cursor.ts';

function cursorAt(bytes: Uint8Array): ProtobufCursor {
  const cursor = new ProtobufCursor();
  cursor.reset(bytes);
  return cursor;
}

/** Bytes before and after, so that no number is read from where its array begins. */
function within(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.alloc(3, 0xff), bytes, Buffer.alloc(9, 0xff)]).subarray(3, 3 + bytes.length);
}

function eightBytes(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return bytes;
}

function varint(value: bigint): Uint8Array {
  return protobuf.Writer.create().uint64(String(value)).finish();
}

const unsigned = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.bigInt(0n, 2n ** 54n),
  fc.constantFrom(0n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n),
);
const signed = unsigned.map((value) => BigInt.asIntN(64, value));

describe('numbers of a protobuf message', () => {
  it('of 64 bits are exact up to 2^53 and the nearest double above, signed or not, fixed or varint', () => {
    fc.assert(
      fc.property(unsigned, signed, (value, negative) => {
        expect(cursorAt(within(varint(value))).readUint64()).toBe(Number(value));
        expect(cursorAt(within(eightBytes(value))).readFixed64()).toBe(Number(value));
        expect(cursorAt(within(eightBytes(negative))).readSfixed64()).toBe(Number(negative));
        const text = cursorAt(within(varint(BigInt.asUintN(64, negative)))).readInt64Text();
        expect(text).toBe(String(negative));
      }),
    );
  });

  it('of 32 bits are what protobufjs writes, enums and zigzag among them', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const { Writer } = protobuf;
        expect(cursorAt(Writer.create().int32(value).finish()).readInt32()).toBe(value);
        expect(cursorAt(Writer.create().sint32(value).finish()).readSint32()).toBe(value);
        expect(cursorAt(Writer.create().int32(value).finish()).readBoolean()).toBe(value !== 0);
      }),
    );
  });

  it('that are nanoseconds are milliseconds whose whole part is exact and whose fraction is rounded once', () => {
    fc.assert(
      fc.property(unsigned, (value) => {
        const expected = Number(value / 1_000_000n) + Number(value % 1_000_000n) / 1e6;
        expect(cursorAt(within(eightBytes(value))).readMilliseconds()).toBe(expected);
      }),
    );
  });

  it('that are doubles keep every bit', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const bytes = Buffer.alloc(8);
        bytes.writeDoubleLE(value);
        expect(cursorAt(within(bytes)).readDouble()).toBe(value);
      }),
    );
  });

  it('come packed as protobufjs packs them', () => {
    fc.assert(
      fc.property(fc.array(unsigned, { maxLength: 90 }), (values) => {
        const fixed = Buffer.concat(values.map(eightBytes));
        const varints = Buffer.concat(values.map(varint));
        const [ofFixed, ofVarints] = [new NumberList(), new NumberList()];
        readPackedFixed64(cursorAt(protobuf.Writer.create().bytes(fixed).finish()), ofFixed);
        readPackedUint64(cursorAt(protobuf.Writer.create().bytes(varints).finish()), ofVarints);
        expect([...ofFixed.view()]).toEqual(values.map(Number));
        expect([...ofVarints.view()]).toEqual(values.map(Number));
      }),
    );
  });
});

describe('what is no protobuf message', () => {
  const nested = (depth: number) => Buffer.from([...Array(depth).fill(0x0b), ...Array(depth).fill(0x0c)]);
  it.each<[string, number[], RegExp]>([
    ['a varint that ends in the middle', [0x08, 0x80], /ends in the middle/],
    ['a varint of eleven bytes', [0x08, ...Array(10).fill(0x80), 0x01], /does not fit 64 bits/],
    ['a varint of ten bytes beyond 64 bits', [0x08, ...Array(9).fill(0xff), 0x02], /does not fit 64 bits/],
    ['a length beyond the end', [0x0a, 0x02, 0x00], /past the end/],
    ['a length of 2^32', [0x0a, 0x80, 0x80, 0x80, 0x80, 0x10], /past the end/],
    ['a negative length', [0x0a, ...Array(9).fill(0xff), 0x01], /past the end/],
    ['field number 0', [0x02, 0x00], /no field has this number/],
    ['a field number beyond 2^29', [0x80, 0x80, 0x80, 0x80, 0x10, 0x00], /no field has this number/],
    ['a fixed64 of seven bytes', [0x09, 1, 2, 3, 4, 5, 6, 7], /ends in the middle/],
    ['a fixed32 of three bytes', [0x0d, 1, 2, 3], /ends in the middle/],
    ['wire type 6', [0x0e], /no value is written as 6/],
    ['wire type 7', [0x0f], /no value is written as 7/],
    ['a group that never ends', [0x0b, 0x08, 0x01], /ends in the middle/],
    ['a group that never began', [0x0c], /never began/],
    ['a group that ends as another', [0x0b, 0x14], /never began/],
    ['groups 65 deep', [...nested(65)], /nest more than 64 deep/],
  ])('is told where it is and fails without throwing: %s', (_name, bytes, reason) => {
    const cursor = cursorAt(within(Buffer.from(bytes)));
    while (cursor.more) cursor.skip(cursor.readTag());
    expect(cursor.reason).toMatch(reason);
    expect(cursor.failedAt).toBeGreaterThanOrEqual(0);
    expect(cursor.failedAt).toBeLessThanOrEqual(bytes.length);
    expect([cursor.more, cursor.readText(), cursor.readUint64(), cursor.readDouble()]).toEqual([false, '', 0, 0]);
  });

  it('is not: unknown fields of every kind, groups 64 deep, and varints with needless bytes', () => {
    const bytes = [0x08, 0x80, 0x00, 0x11, ...Array(8).fill(9), 0x1a, 0x80, 0x00, 0x25, 1, 2, 3, 4, ...nested(64)];
    const cursor = cursorAt(Buffer.from(bytes));
    while (cursor.more) cursor.skip(cursor.readTag());
    expect([cursor.failed, cursor.reason]).toEqual([false, '']);
  });
});

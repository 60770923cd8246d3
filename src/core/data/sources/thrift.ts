/**
 * Walks over a struct in Thrift's compact protocol (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md), in
 * which Parquet writes its metadata and the headers of its pages, and keeps none of it. It refuses a list that is longer than the bytes, a
 * number without end, and structs nested without end, which hyparquet would not.
 */
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** Bytes of a 64-bit number, at seven bits each. */
const MAX_VARINT_BYTES = 10;
/** Depth of nested structs and lists; Parquet's own metadata has ten. */
const MAX_DEPTH = 16;

/** @returns the place behind the struct @throws Error with what is wrong */
export function endOfStruct(bytes: Uint8Array, start: number): number {
  let at = start;
  const byte = (): number => bytes[at++] ?? refuse('it ends too early');
  const skip = (length: number) => {
    if (length > bytes.length - at) refuse('it ends too early');
    at += length;
  };
  const varint = (): number => {
    let value = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const one = byte();
      value += (one & 0x7f) * 2 ** (7 * i);
      if (one < 0x80) return value;
    }
    return refuse('a number in it has no end');
  };
  const element = (type: number, depth: number): void => {
    if (depth > MAX_DEPTH) refuse('it is nested too deeply');
    if (type === BYTE) skip(1);
    else if (type > BYTE && type <= I64) varint();
    else if (type === DOUBLE) skip(8);
    else if (type === BINARY) skip(varint());
    else if (type === LIST) list(depth);
    else if (type === STRUCT) struct(depth);
    else if (type !== TRUE && type !== FALSE) refuse('it has a field of an unknown type');
  };
  const list = (depth: number): void => {
    const head = byte();
    const type = head & 0x0f;
    const size = head >> 4 === 15 ? varint() : head >> 4;
    // each element takes a byte at least
    if (size > bytes.length - at) refuse('a list in it is longer than the file');
    for (let i = 0; i < size; i++) element(type === TRUE || type === FALSE ? BYTE : type, depth + 1);
  };
  const struct = (depth: number): void => {
    for (let head = byte(); (head & 0x0f) !== 0; head = byte()) {
      if (head >> 4 === 0) varint();
      element(head & 0x0f, depth + 1);
    }
  };
  struct(0);
  return at;
}

function refuse(why: string): never {
  throw new Error(`its metadata are damaged: ${why}`);
}

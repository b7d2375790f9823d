/**
 * One protobuf field at a time, for the slow paths: any legal encoding is read, over-long varints
 * of up to 10 bytes included. Results are left in module variables, because a wasm function gives
 * back one value; read them before the next call. Twin: `../proto-field.ts`.
 */
import {
  PROTO_FIELD_NUMBER,
  PROTO_GROUP,
  PROTO_TRUNCATED,
  PROTO_VARINT,
  PROTO_WIRE_TYPE,
} from "../layout/kernel-codes";

export let fieldNumber: u32 = 0;
/** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
export let fieldWire: u32 = 0;
/** The field's payload, without its length prefix, and where the next field starts. */
export let fieldBody: usize = 0;
export let fieldEnd: usize = 0;
/** The value of a varint field, or the length of a length-delimited one. */
export let fieldValue: u64 = 0;

let varintNext: usize = 0;
let varintValue: u64 = 0;

/**
 * Reads a length-delimited field whose tag and length take one byte each; false when it is another
 * one, or does not end before `end`.
 */
// @ts-ignore: decorator
@inline
export function readShortField(p: usize, end: usize): bool {
  if (end - p < 2) return false;
  const tag: u32 = load<u8>(p);
  const bytes: usize = load<u8>(p, 1);
  if ((tag & 0x87) != 2 || tag < 8 || bytes > 127 || bytes > end - p - 2) return false;
  fieldNumber = tag >> 3;
  fieldWire = 2;
  fieldBody = p + 2;
  fieldValue = bytes;
  fieldEnd = p + 2 + bytes;
  return true;
}

/** Reads the field whose tag starts at `p`; returns 0 or a negative code. */
export function readField(p: usize, end: usize): i32 {
  let code = readVarint(p, end);
  if (code != 0) return code;
  const tag = varintValue;
  if (tag > 0xffff_ffff || tag < 8) return PROTO_FIELD_NUMBER;
  fieldNumber = <u32>tag >> 3;
  fieldWire = <u32>tag & 7;
  fieldBody = varintNext;
  switch (fieldWire) {
    case 0:
      code = readVarint(fieldBody, end);
      if (code != 0) return code;
      fieldValue = varintValue;
      fieldEnd = varintNext;
      return 0;
    case 1:
      return fixed(8, end);
    case 2:
      code = readVarint(fieldBody, end);
      if (code != 0) return code;
      if (varintValue > <u64>(end - varintNext)) return PROTO_TRUNCATED;
      fieldValue = varintValue;
      fieldBody = varintNext;
      fieldEnd = varintNext + <usize>varintValue;
      return 0;
    case 5:
      return fixed(4, end);
    case 3:
    case 4:
      return PROTO_GROUP;
    default:
      return PROTO_WIRE_TYPE;
  }
}

function fixed(bytes: usize, end: usize): i32 {
  if (bytes > end - fieldBody) return PROTO_TRUNCATED;
  fieldEnd = fieldBody + bytes;
  return 0;
}

function readVarint(p: usize, end: usize): i32 {
  let value: u64 = 0;
  let q = p;
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    if (q >= end) return PROTO_TRUNCATED;
    const byte: u64 = load<u8>(q++);
    // The tenth byte holds the last of 64 bits.
    if (shift == 63 && byte > 1) return PROTO_VARINT;
    value |= (byte & 127) << shift;
    if (byte < 128) {
      varintValue = value;
      varintNext = q;
      return 0;
    }
  }
  return PROTO_VARINT;
}

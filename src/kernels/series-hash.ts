/**
 * Fingerprint and placement of a series from its canonical label bytes: the twin of
 * `wasm/series-hash.ts`, on the same bytes in memory. Defined by `#model/placement.ts`.
 */
import { writeVarint } from "#base/bytes/varint.ts";
import { xxh64Into } from "#base/hash/xxh64.ts";
import type { KernelViews } from "./kernel-memory.ts";
import { SERIES_HASH_PREFIX_BYTES, SERIES_HASH_RESULT_BYTES } from "./layout/series-hash-layout.ts";

const encoder = new TextEncoder();
const JOB: Uint8Array = encoder.encode("job");
const INSTANCE: Uint8Array = encoder.encode("instance");

/** See `KernelCalls.hashSeries`. */
export function hashSeries(
  views: KernelViews,
  labels: number,
  bytes: number,
  tenant: number,
  seedLow: number,
  seedHigh: number,
  lanes: number,
  out: number,
): void {
  const { u8, u32, data } = views;
  const hash = (at: number, start: number, end: number): void =>
    xxh64Into(u32, at >>> 2, u8, seedLow, seedHigh, start, end);
  data.setUint32(labels - SERIES_HASH_PREFIX_BYTES, tenant, true);
  hash(out, labels - SERIES_HASH_PREFIX_BYTES, labels + bytes);
  const instance = findValue(u8, labels, labels + bytes, INSTANCE);
  if (instance === null) {
    u8.copyWithin(out + 8, out, out + 8);
    return;
  }
  const job = findValue(u8, labels, labels + bytes, JOB) ?? new Uint8Array(0);
  const input = out + SERIES_HASH_RESULT_BYTES;
  data.setUint32(input, tenant, true);
  let at = input + SERIES_HASH_PREFIX_BYTES;
  for (const text of [job, instance]) {
    at = writeVarint(u8, at, text.length);
    u8.set(text, at);
    at += text.length;
  }
  data.setUint32(at, Number(data.getBigUint64(out, true) % BigInt(lanes)), true);
  hash(out + 8, input, at + 4);
}

/** The value of label `name`; null when the label is absent. */
function findValue(
  u8: Uint8Array,
  start: number,
  end: number,
  name: Uint8Array,
): Uint8Array | null {
  let at = start;
  const text = (): Uint8Array => {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = u8[at++]!;
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += length;
    return u8.subarray(at - length, at);
  };
  while (at < end) {
    const [found, value] = [text(), text()];
    if (found.length === name.length && found.every((byte, i) => byte === name[i])) return value;
  }
  return null;
}

/**
 * Fingerprint and placement of a series from its canonical label bytes: as `#model/placement.ts`,
 * where they are defined. Twin: `../series-hash.ts`.
 */
import { SERIES_HASH_PREFIX_BYTES, SERIES_HASH_RESULT_BYTES } from "../layout/series-hash-layout";
import { copyBytes } from "./copy";
import { equalBytes } from "./equal";
import { xxh64 } from "./xxh64";

/** "job" and its length, as canonical bytes begin with it. */
const JOB: u32 = 0x626f_6a03;
/** "instance", its length apart. */
const INSTANCE: u64 = 0x6563_6e61_7473_6e69;
const INSTANCE_BYTES: u32 = 8;

/**
 * Writes both hashes, low word first, to `out`. The bytes before the labels and those behind the
 * result are used (`layout/series-hash-layout.ts`).
 */
export function hashSeries(
  labels: usize,
  bytes: u32,
  tenant: u32,
  seedLow: u32,
  seedHigh: u32,
  lanes: u32,
  out: usize,
): void {
  const seed = (<u64>seedHigh << 32) | <u64>seedLow;
  const input = labels - SERIES_HASH_PREFIX_BYTES;
  store<u32>(input, tenant);
  const fingerprint = xxh64(input, bytes + SERIES_HASH_PREFIX_BYTES, seed);
  store<u64>(out, fingerprint);
  const end = labels + bytes;
  let job: usize = 0;
  let instance: usize = 0;
  for (let at = labels; at < end; ) {
    const value = textEnd(at);
    // The names ascend, so nothing of interest is behind "job".
    if (load<u32>(at) == JOB) {
      job = value;
      break;
    }
    if (load<u8>(at) == INSTANCE_BYTES && load<u64>(at, 1) == INSTANCE) instance = value;
    at = textEnd(value);
  }
  store<u64>(out, instance == 0 ? fingerprint : place(job, instance, fingerprint, seed, tenant, lanes, out), 8);
}

function place(
  job: usize,
  instance: usize,
  fingerprint: u64,
  seed: u64,
  tenant: u32,
  lanes: u32,
  out: usize,
): u64 {
  const input = out + SERIES_HASH_RESULT_BYTES;
  store<u32>(input, tenant);
  let at = input + SERIES_HASH_PREFIX_BYTES;
  if (job == 0) store<u8>(at++, 0);
  else at = copyText(at, job);
  at = copyText(at, instance);
  store<u32>(at, <u32>(fingerprint % <u64>lanes));
  return xxh64(input, at + 4 - input, seed);
}

/** Where the text whose varint stands at `at` ends; lengths have at most three bytes. */
// @ts-ignore: decorator
@inline
function textEnd(at: usize): usize {
  const first: usize = load<u8>(at);
  if (first < 128) return at + 1 + first;
  const second: usize = load<u8>(at, 1);
  if (second < 128) return at + 2 + ((first & 127) | (second << 7));
  return at + 3 + ((first & 127) | ((second & 127) << 7) | (<usize>load<u8>(at, 2) << 14));
}

function copyText(to: usize, from: usize): usize {
  const bytes = textEnd(from) - from;
  copyBytes(to, from, bytes);
  return to + bytes;
}

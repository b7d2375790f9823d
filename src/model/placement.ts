/**
 * Where a series lives and how it is grouped (DESIGN "Fixed once"; golden vectors in
 * `test/golden/format/placement.json`). All integers little-endian:
 *
 *   fingerprint = xxh64(seed, tenant u32 · canonical label bytes)
 *   placement   = xxh64(seed, tenant u32 · text(job) · text(instance) · lane u32)
 *                 with text(x) = varint length + UTF-8 bytes, an absent job = length 0,
 *                 lane = fingerprint mod lanes; without an instance label = fingerprint
 *   shard       = top log2(V) bits of placement
 *
 * So the series of one scrape target share a few placements. Hashes are two words each, low then
 * high; no BigInt. Receivers hash series with a kernel (`#kernels/series-hash.ts`).
 */
import { assert } from "#base/assert.ts";
import { xxh64Into } from "#base/hash/xxh64.ts";
import { textLengthAt, textLengthBytes } from "./canonical-labels.ts";
import { SHARDS_MAX, shardId, type ShardId, type TenantId } from "./refs.ts";

/** Lanes per scrape target: a large target spreads over at most this many shards. */
export const PLACEMENT_LANES_DEFAULT = 4;

export interface PlacementOptions {
  /** `hashSeed` of the cluster's meta: low word, high word. */
  readonly seed: readonly [low: number, high: number];
  readonly lanes: number;
}

const TENANT_BYTES = 4;
const LANE_BYTES = 4;
const INITIAL_BYTES = 1024;
const JOB: Uint8Array = new TextEncoder().encode("job");
const INSTANCE: Uint8Array = new TextEncoder().encode("instance");

/** Computes both hashes of a series. Holds scratch memory: one per actor. */
export class SeriesHasher {
  readonly #seedLow: number;
  readonly #seedHigh: number;
  readonly #lanes: number;
  #input = new Uint8Array(INITIAL_BYTES);

  constructor(options: PlacementOptions) {
    const { lanes } = options;
    // Above this the remainder of a 64-bit number would not be exact in doubles.
    assert(Number.isInteger(lanes) && lanes >= 1 && lanes <= 2 ** 20, () => `lanes: got ${lanes}`);
    this.#seedLow = options.seed[0];
    this.#seedHigh = options.seed[1];
    this.#lanes = lanes;
  }

  /**
   * Hashes the canonical bytes `bytes[start, end)`; writes low and high words of the fingerprint to
   * `fingerprints[at]`, `[at + 1]`, of the placement to `placements[at]`, `[at + 1]`.
   */
  hash(
    tenant: TenantId,
    bytes: Uint8Array,
    start: number,
    end: number,
    fingerprints: Uint32Array,
    placements: Uint32Array,
    at: number,
  ): void {
    const length = end - start;
    this.#reserve(TENANT_BYTES + length);
    const input = this.#input;
    writeU32(input, 0, tenant);
    // Labels follow the tenant; the same buffer then shrinks to the placement's input.
    input.set(bytes.subarray(start, end), TENANT_BYTES);
    xxh64Into(fingerprints, at, input, this.#seedLow, this.#seedHigh, 0, TENANT_BYTES + length);
    const instance = findValue(bytes, start, end, INSTANCE);
    if (instance < 0) {
      placements[at] = fingerprints[at]!;
      placements[at + 1] = fingerprints[at + 1]!;
      return;
    }
    const job = findValue(bytes, start, end, JOB);
    let size = TENANT_BYTES;
    if (job < 0) input[size++] = 0;
    else size = copyText(input, size, bytes, job);
    size = copyText(input, size, bytes, instance);
    writeU32(input, size, remainder(fingerprints[at]!, fingerprints[at + 1]!, this.#lanes));
    size += LANE_BYTES;
    xxh64Into(placements, at, input, this.#seedLow, this.#seedHigh, 0, size);
  }

  #reserve(labelsEnd: number): void {
    // The placement's input is at most a zero length and a lane longer than the fingerprint's.
    const need = labelsEnd + 1 + LANE_BYTES;
    if (need > this.#input.length) this.#input = new Uint8Array(need * 2);
  }
}

/** The shard of a placement: its top `log2(shardCount)` bits; `shardCount` is a power of two. */
export function shardOfPlacement(placementHigh: number, shardCount: number): ShardId {
  assert(
    Number.isInteger(Math.log2(shardCount)) && shardCount >= 1 && shardCount <= SHARDS_MAX,
    () => `shard count: got ${shardCount}, want a power of two up to ${SHARDS_MAX}`,
  );
  return shardId(Math.floor((placementHigh >>> 0) / (0x1_0000_0000 / shardCount)));
}

/** Offset of the length varint of the value of label `name`; -1 when the label is absent. */
function findValue(bytes: Uint8Array, start: number, end: number, name: Uint8Array): number {
  let at = start;
  while (at < end) {
    const nameLength = textLengthAt(bytes, at);
    const nameAt = at + textLengthBytes(nameLength);
    const valueAt = nameAt + nameLength;
    if (nameLength === name.length && startsWith(bytes, nameAt, name)) return valueAt;
    const valueLength = textLengthAt(bytes, valueAt);
    at = valueAt + textLengthBytes(valueLength) + valueLength;
  }
  return -1;
}

function startsWith(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/** Copies the text (length varint included) at `from`; returns the offset after it. */
function copyText(into: Uint8Array, at: number, bytes: Uint8Array, from: number): number {
  const length = textLengthAt(bytes, from);
  const size = textLengthBytes(length) + length;
  for (let i = 0; i < size; i++) into[at + i] = bytes[from + i]!;
  return at + size;
}

function writeU32(into: Uint8Array, at: number, value: number): void {
  into[at] = value;
  into[at + 1] = value >>> 8;
  into[at + 2] = value >>> 16;
  into[at + 3] = value >>> 24;
}

/** (high * 2^32 + low) mod divisor, exact for divisors up to 2^20. */
function remainder(low: number, high: number, divisor: number): number {
  return ((high % divisor) * (0x1_0000_0000 % divisor) + (low % divisor)) % divisor;
}
